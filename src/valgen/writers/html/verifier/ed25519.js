/* Ed25519 (RFC 8032): keys that must be refused, and signatures.

   Keys and the second half of a signature are always judged here, because browsers differ in what they let pass.
   The equation itself is left to WebCrypto where the browser passes a small examination, else computed here, without
   the cofactor in both. */

const P = (1n << 255n) - 19n;
const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;

const modulo = (value, by = P) => {
  const rest = value % by;
  return rest < 0n ? rest + by : rest;
};

const power = (base, exponent) => {
  let result = 1n;
  for (base = modulo(base); exponent; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result;
};

const numberOf = (bytes) => BigInt(`0x${hexOf(bytes.slice().reverse())}`);
const CURVE_D = modulo(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);
const NEUTRAL = [0n, 1n, 1n, 0n];

/* A point in extended coordinates, null when the 32 bytes are not the one spelling of a point. */
const pointOf = (bytes) => {
  const spelled = numberOf(bytes);
  const sign = spelled >> 255n;
  const y = spelled & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const square = modulo((y * y - 1n) * power(CURVE_D * y * y + 1n, P - 2n));
  let x = power(square, (P + 3n) / 8n);
  if (modulo(x * x - square)) x = (x * ROOT_OF_MINUS_ONE) % P;
  if (modulo(x * x - square) || (!x && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, (x * y) % P];
};

const added = ([x1, y1, z1, t1], [x2, y2, z2, t2]) => {
  const a = modulo((y1 - x1) * (y2 - x2));
  const b = modulo((y1 + x1) * (y2 + x2));
  const c = modulo(2n * t1 * t2 * CURVE_D);
  const d = modulo(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [modulo(e * f), modulo(g * h), modulo(f * g), modulo(e * h)];
};

const BASE = pointOf(Uint8Array.from({ length: 32 }, (_, index) => (index ? 0x66 : 0x58)));

const spelledPoint = ([x, y, z]) => {
  const inverse = power(z, P - 2n);
  let value = modulo(y * inverse) | ((modulo(x * inverse) & 1n) << 255n);
  return Uint8Array.from({ length: 32 }, () => {
    const byte = Number(value & 255n);
    value >>= 8n;
    return byte;
  });
};

/* Why a public key must be refused, empty when it may be used. */
const keyProblem = (key) => {
  if (key.length !== 32) return "a public key has 32 bytes";
  const point = pointOf(key);
  if (!point) return "the public key is no point of the curve in its one spelling";
  let eightfold = point;
  for (let times = 0; times < 3; times += 1) eightfold = added(eightfold, eightfold);
  return modulo(eightfold[0]) ? "" : "the public key is of low order, so that one signature fits many texts";
};

/* The same, computed once for each key. */
const judged = new Map();
const keyProblemOnce = (key) => {
  const id = hexOf(key);
  if (!judged.has(id)) judged.set(id, keyProblem(key));
  return judged.get(id);
};

const acceptable = (key, signature) =>
  signature.length === 64 && numberOf(signature.subarray(32)) < ORDER && !keyProblemOnce(key);

/* Whether a signature holds, by own arithmetic. */
const holdsByOwn = (key, message, signature) => {
  if (!acceptable(key, signature)) return false;
  const s = numberOf(signature.subarray(32));
  const k = modulo(numberOf(sha512(signature.subarray(0, 32), key, message)), ORDER);
  const [x, y, z, t] = pointOf(key);
  const minus = [modulo(-x), y, z, modulo(-t)];
  const both = added(BASE, minus);
  let sum = NEUTRAL;
  for (let bit = 255n; bit >= 0n; bit -= 1n) {
    sum = added(sum, sum);
    const [first, second] = [(s >> bit) & 1n, (k >> bit) & 1n];
    if (first || second) sum = added(sum, first ? (second ? both : BASE) : minus);
  }
  return sameBytes(spelledPoint(sum), signature.subarray(0, 32));
};

const subtle = globalThis.crypto?.subtle ?? null;

/* Whether a signature holds, by the browser; call it only when `browserSigns()` said yes. */
const imported = new Map();
const holdsByBrowser = async (key, message, signature) => {
  if (!acceptable(key, signature)) return false;
  const id = hexOf(key);
  if (!imported.has(id)) imported.set(id, subtle.importKey("raw", key, "Ed25519", false, ["verify"]));
  return subtle.verify("Ed25519", await imported.get(id), signature, message);
};

/* The examination: test 2 of RFC 8032 section 7.1 must hold, and must not hold with one bit changed. */
const examined = {
  key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
  message: "72",
  signature:
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
};
let browserCan = null;
const browserSigns = async () => {
  if (browserCan === null) {
    try {
      const [key, message, signature] = [examined.key, examined.message, examined.signature].map(bytesOfHex);
      const wrong = Uint8Array.from(signature);
      wrong[40] ^= 1;
      browserCan =
        (await holdsByBrowser(key, message, signature)) === true && (await holdsByBrowser(key, message, wrong)) === false;
    } catch {
      browserCan = false;
    }
  }
  return browserCan;
};

/* Whether a signature holds, the quickest way there is. */
const holds = async (key, message, signature) =>
  (await browserSigns()) ? holdsByBrowser(key, message, signature) : holdsByOwn(key, message, signature);
