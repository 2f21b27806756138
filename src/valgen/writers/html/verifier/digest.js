/* SHA-256 and SHA-512 (FIPS 180-4) of our own.

   A page from file:// has WebCrypto in most browsers, but not in all, and WebCrypto cannot digest a file piece by
   piece. So files of some size go to WebCrypto where it is there, and everything else is done here.
   The constants are roots of primes, as the standard says, and are computed instead of listed. */

const constants = (() => {
  const primes = [];
  for (let n = 2; primes.length < 80; n += 1) if (primes.every((one) => n % one)) primes.push(n);
  const root = (value, power) => {
    let [low, high] = [0n, 1n << 80n];
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (middle ** power <= value) low = middle;
      else high = middle;
    }
    return BigInt.asUintN(64, low);
  };
  return {
    start: primes.slice(0, 8).map((one) => root(BigInt(one) << 128n, 2n)),
    round: primes.map((one) => root(BigInt(one) << 192n, 3n)),
  };
})();
const upper = (list) => list.map((one) => Number(one >> 32n));
const lower = (list) => list.map((one) => Number(one & 0xffffffffn));

class Digest {
  /* What both algorithms share: collecting blocks, and the padding. */
  constructor(block) {
    this.buffer = new Uint8Array(block);
    this.used = 0;
    this.total = 0;
  }

  update(bytes) {
    this.total += bytes.length;
    const block = this.buffer.length;
    let at = 0;
    if (this.used) {
      at = Math.min(bytes.length, block - this.used);
      this.buffer.set(bytes.subarray(0, at), this.used);
      this.used += at;
      if (this.used < block) return this;
      this.compress(this.buffer, 0);
      this.used = 0;
    }
    for (; at + block <= bytes.length; at += block) this.compress(bytes, at);
    this.buffer.set(bytes.subarray(at));
    this.used = bytes.length - at;
    return this;
  }

  finish() {
    const block = this.buffer.length;
    const end = new Uint8Array(this.used + block / 8 < block ? block : 2 * block);
    end.set(this.buffer.subarray(0, this.used));
    end[this.used] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(this.total / 0x20000000));
    view.setUint32(end.length - 4, (this.total << 3) >>> 0);
    for (let at = 0; at < end.length; at += block) this.compress(end, at);
    const out = new DataView(new ArrayBuffer(this.state.length * 4));
    this.state.forEach((word, index) => out.setUint32(index * 4, word));
    return new Uint8Array(out.buffer);
  }
}

const ROUND_256 = Int32Array.from(upper(constants.round.slice(0, 64)));
const WORDS_256 = new Int32Array(64);

class Sha256 extends Digest {
  constructor() {
    super(64);
    this.state = Int32Array.from(upper(constants.start));
  }

  compress(bytes, at) {
    const w = WORDS_256;
    for (let i = 0; i < 16; i += 1, at += 4) {
      w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    for (let i = 16; i < 64; i += 1) {
      const x = w[i - 15];
      const y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = this.state;
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const one = (h + s1 + ((e & f) ^ (~e & g)) + ROUND_256[i] + w[i]) | 0;
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    const s = this.state;
    s[0] += a; s[1] += b; s[2] += c; s[3] += d; s[4] += e; s[5] += f; s[6] += g; s[7] += h;
  }
}

const ROUND_512 = [Int32Array.from(upper(constants.round)), Int32Array.from(lower(constants.round))];

class Sha512 extends Digest {
  constructor() {
    super(128);
    this.state = Int32Array.from(constants.start.flatMap((one) => [...upper([one]), ...lower([one])]));
  }

  compress(bytes, at) {
    /* 64-bit words as pairs of 32 bits: sums of low halves stay exact as doubles, what is above 32 bits is carried. */
    const high = new Int32Array(80);
    const low = new Int32Array(80);
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, 128);
    for (let i = 0; i < 16; i += 1) {
      high[i] = view.getInt32(i * 8);
      low[i] = view.getInt32(i * 8 + 4);
    }
    const turned = (h, l, n) => (n < 32 ? (h >>> n) | (l << (32 - n)) : (l >>> (n - 32)) | (h << (64 - n)));
    const shifted = (h, l, n) => (l >>> n) | (h << (32 - n));
    let carry = 0;
    const sum = (...words) => {
      let total = 0;
      for (const word of words) total += word >>> 0;
      carry = Math.floor(total / 4294967296);
      return total | 0;
    };
    for (let i = 16; i < 80; i += 1) {
      const [xh, xl, yh, yl] = [high[i - 15], low[i - 15], high[i - 2], low[i - 2]];
      const s0h = turned(xh, xl, 1) ^ turned(xh, xl, 8) ^ (xh >>> 7);
      const s0l = turned(xl, xh, 1) ^ turned(xl, xh, 8) ^ shifted(xh, xl, 7);
      const s1h = turned(yh, yl, 19) ^ turned(yh, yl, 61) ^ (yh >>> 6);
      const s1l = turned(yl, yh, 19) ^ turned(yl, yh, 61) ^ shifted(yh, yl, 6);
      low[i] = sum(low[i - 16], s0l, low[i - 7], s1l);
      high[i] = sum(high[i - 16], s0h, high[i - 7], s1h, carry);
    }
    const s = Int32Array.from(this.state);
    for (let i = 0; i < 80; i += 1) {
      const [ah, al, bh, bl, ch, cl, dh, dl, eh, el, fh, fl, gh, gl, hh, hl] = s;
      const s1h = turned(eh, el, 14) ^ turned(eh, el, 18) ^ turned(eh, el, 41);
      const s1l = turned(el, eh, 14) ^ turned(el, eh, 18) ^ turned(el, eh, 41);
      const oneL = sum(hl, s1l, (el & fl) ^ (~el & gl), ROUND_512[1][i], low[i]);
      const oneH = sum(hh, s1h, (eh & fh) ^ (~eh & gh), ROUND_512[0][i], high[i], carry);
      const s0h = turned(ah, al, 28) ^ turned(ah, al, 34) ^ turned(ah, al, 39);
      const s0l = turned(al, ah, 28) ^ turned(al, ah, 34) ^ turned(al, ah, 39);
      const twoL = sum(s0l, (al & bl) ^ (al & cl) ^ (bl & cl));
      const twoH = sum(s0h, (ah & bh) ^ (ah & ch) ^ (bh & ch), carry);
      s.copyWithin(2, 0, 14);
      s[9] = sum(dl, oneL);
      s[8] = sum(dh, oneH, carry);
      s[1] = sum(oneL, twoL);
      s[0] = sum(oneH, twoH, carry);
    }
    for (let i = 0; i < 16; i += 2) {
      this.state[i + 1] = sum(this.state[i + 1], s[i + 1]);
      this.state[i] = sum(this.state[i], s[i], carry);
    }
  }
}

const utf8 = (text) => new TextEncoder().encode(text);

const joined = (...parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

const sameBytes = (one, other) => one.length === other.length && one.every((byte, index) => byte === other[index]);

const digestOf = (algorithm, parts) => parts.reduce((made, part) => made.update(part), new algorithm()).finish();
const sha256 = (...parts) => digestOf(Sha256, parts);
const sha512 = (...parts) => digestOf(Sha512, parts);

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const hexOf = (bytes) => Array.from(bytes, (byte) => HEX[byte]).join("");
const bytesOfHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

/* Strict base64: null unless encoding the bytes gives the very text. */
const bytesOfBase64 = (text) => {
  try {
    const raw = atob(text);
    return btoa(raw) === text ? Uint8Array.from(raw, (one) => one.charCodeAt(0)) : null;
  } catch {
    return null;
  }
};
