/* Keys, accounts, sessions and signatures of people: docs/format-ledger.md, "Who signs" to "Reviews".

   `signers` says which keys must have signed a record, `take` checks what a record says against what came before it and
   keeps what later records need. */

const WEEK_MS = 7 * 24 * 3600 * 1000;
const idOfKey = (key) => hexOf(sha256(bytesOfHex(key)));
/* What user ids have in common that look alike. */
const lookOf = (user) =>
  user.replace(/[._-]/g, "").replace(/[01i5]/g, (one) => ({ 0: "o", 1: "l", i: "l", 5: "s" })[one]).replaceAll("rn", "m").replaceAll("vv", "w");
const millis = (stamp) => Date.parse(stamp.replace(/:60(?=[.Z])/, ":59"));

class People {
  constructor(inLedger) {
    this.inLedger = inLedger;
    this.keys = new Map();
    this.accounts = new Map();
    this.users = new Map();
    this.sessions = new Map();
    this.proposals = new Map();
    this.threshold = 1;
    this.single = false;
  }

  /* Keys */

  declare(key, role, holder = "") {
    const id = idOfKey(key);
    const wrong = [];
    const unfit = keyProblemOnce(bytesOfHex(key));
    if (unfit) wrong.push(unfit);
    if (this.keys.has(id)) {
      if (this.inLedger) wrong.push("it brings a key that was declared or activated before");
    } else this.keys.set(id, { raw: bytesOfHex(key), role, holder, active: true });
    return wrong;
  }

  active(role) {
    return [...this.keys].filter(([, key]) => key.role === role && key.active).map(([id]) => id);
  }

  /* What is wrong with the keys that signed a record; called when its own new keys are known. */
  signers(body, ids) {
    const kind = KINDS[body.kind];
    const own = body.kind === "genesis" || body.kind === "keys.declared" ? body.keys.map((one) => idOfKey(one.key)) : [];
    const missing = own.filter((id) => !ids.includes(id));
    if (missing.length) return ["it is not signed by every key that it declares"];
    if (!this.inLedger) {
      const recorder = ids.some((id) => this.keys.get(id)?.role === "recorder");
      return kind.by === "nobody" || recorder ? [] : ["no key of a recorder signed it"];
    }
    const others = ids.filter((id) => !own.includes(id));
    if (body.kind === "genesis") return others.length ? ["a further key signed it"] : [];
    if (kind.by === "nobody") return ids.length ? ["it is signed, and no key signs such a record"] : [];
    if (kind.by === "recorder") {
      return ids.length === 1 && this.active("recorder").includes(ids[0]) ? [] : ["not one active key of a recorder, and no other, signed it"];
    }
    if (body.kind === "account.activated") {
      const right = body.actor === body.account && ids.length === 1 && ids[0] === idOfKey(body.key);
      return right ? [] : ["not the key that it brings, and no other, signed it"];
    }
    const roots = this.active("root");
    const byRoot = others.filter((id) => roots.includes(id));
    const rest = others.filter((id) => !roots.includes(id));
    if (body.actor === "root") {
      const wrong = [];
      if (kind.by === "person") wrong.push("a person must sign it");
      if (kind.by === "administrator" && this.administrators().length) wrong.push("the root acts although there is an administrator");
      if (rest.length || byRoot.length < this.threshold) wrong.push("not the root, and nobody else, signed it");
      return wrong;
    }
    const account = this.accounts.get(body.actor);
    if (!account?.key) return [`${body.actor} has no active account`];
    const wrong = [];
    if (rest.length !== 1 || rest[0] !== account.key) wrong.push(`not the active key of ${body.actor}, and no other person's, signed it`);
    const withRoot = kind.two && body.proposal === -1;
    if (withRoot ? byRoot.length < this.threshold : byRoot.length) wrong.push(withRoot ? "the root did not sign it" : "the root signed it as well");
    if (kind.by !== "person" && !account.roles.has("administrator")) wrong.push(`${body.actor} is no administrator`);
    return wrong;
  }

  administrators() {
    return [...this.accounts.values()].filter((one) => one.state === "active" && one.roles.has("administrator"));
  }

  nameOf(id) {
    const account = this.accounts.get(id);
    return account ? `${account.name} (${account.user})` : id === "root" ? "the root key" : id;
  }

  /* What a record says */

  take(body, tree) {
    const act = People.acts[body.kind];
    const wrong = act ? act.call(this, body) : [];
    if (body.kind === "signature" || body.kind === "rejection" || body.kind === "review" || body.kind === "audit.reviewed") {
      wrong.push(...this.signed(body, tree));
    }
    return wrong;
  }

  known(id, then) {
    const account = this.accounts.get(id);
    return account ? then(account) : [`the account ${id} does not exist`];
  }

  endSessions(account) {
    for (const one of this.sessions.values()) if (one.account === account) one.open = false;
  }

  sessionProblems(id, account) {
    const session = this.sessions.get(id);
    if (!session?.open) return ["its session is not open"];
    return session.account === account ? [] : ["its session is somebody else's"];
  }

  signed(body, tree) {
    const account = this.accounts.get(body.actor);
    if (!account) return [];
    const wrong = this.sessionProblems(body.session, body.actor);
    if (account.service) wrong.push("a service cannot sign this");
    if (account.name !== body.name || account.function !== body.function) wrong.push("name or function are not those of the account");
    if (!account.roles.has(body.role)) wrong.push(`the account does not hold the role ${body.role}`);
    const session = this.sessions.get(body.session);
    if (session) {
      if (!session.used && body.components !== "all") wrong.push("the first signing of a session needs all components");
      session.used = true;
    }
    if (body.head.size > body.seq || body.head.size >= tree.size) wrong.push("the signer cannot have seen a log that reaches so far");
    else if (hexOf(tree.root(body.head.size)) !== body.head.root) wrong.push("the log that the signer saw is not this one");
    return wrong;
  }

  /* Two people: a proposal by another administrator, or what stands in its place. */
  secondPerson(body, account) {
    if (body.actor === "root") return body.proposal === -1 ? [] : ["the root acts alone, and the record says something else"];
    const actor = this.accounts.get(body.actor);
    if (body.proposal === -2) return this.single ? [] : ["one administrator acted alone, and single-administrator mode was not declared"];
    if (body.proposal === -1) {
      const people = new Set(this.administrators().map((one) => one.person));
      return people.size === 1 ? [] : ["the root took the place of the proposer although there is more than one administrator"];
    }
    const proposal = this.proposals.get(body.proposal);
    if (!proposal) return ["it names no proposal"];
    const wrong = [];
    if (proposal.act !== body.kind || proposal.account !== account) wrong.push("the proposal was about something else");
    if (!this.administrators().includes(proposal.by)) wrong.push("who proposed it is no active administrator any more");
    if (proposal.by?.person === actor?.person) wrong.push("the same person proposed it");
    if (proposal.used) wrong.push("the proposal was used before");
    if (millis(body.time) - millis(proposal.time) > WEEK_MS) wrong.push("the proposal is older than 7 days");
    proposal.used = true;
    return wrong;
  }

  static acts = {
    genesis(body) {
      if (this.inLedger) {
        this.threshold = body.threshold;
        this.single = body.single_administrator;
      }
      const wrong = People.acts["keys.declared"].call(this, body);
      if (!this.inLedger) return wrong;
      const count = (role) => body.keys.filter((one) => one.role === role).length;
      if (count("log") !== 1 || count("recorder") !== 1) wrong.push("it does not declare the two keys of the first machine");
      if (body.threshold > count("root")) wrong.push("it asks for more root keys than there are");
      if (body.actor !== "root") wrong.push("a ledger is begun by its root");
      return wrong;
    },
    "keys.declared"(body) {
      const ids = body.keys.map((one) => one.key);
      if (this.inLedger && !ids.length) return ["it declares no key"];
      return new Set(ids).size < ids.length ? ["it declares a key twice"] : [];
    },
    "keys.retired"(body) {
      const wrong = body.keys.length ? [] : ["it retires no key"];
      for (const id of body.keys) {
        const key = this.keys.get(id);
        if (!key?.active || (key.role !== "log" && key.role !== "recorder")) wrong.push("it retires a key that is no active one of a machine");
        else key.active = false;
      }
      return wrong;
    },
    "account.created"(body) {
      const wrong = [];
      const due = `u-${String(this.accounts.size + 1).padStart(4, "0")}`;
      if (body.account !== due) wrong.push(`the account is called ${body.account}, and ${due} is next`);
      const first = this.accounts.get(body.person);
      if (body.person !== body.account && first?.person !== body.person) wrong.push("its person is not the first account of anybody");
      if (first && first.service !== body.service) wrong.push("a service and a human being share a person");
      if (new Set(body.roles).size < body.roles.length) wrong.push("it names a role twice");
      const alike = lookOf(body.user);
      if (this.users.has(alike)) wrong.push(`the user id ${body.user} looks like ${this.users.get(alike)}, which was used before`);
      if (body.roles.includes("administrator") && (body.actor !== "root" || body.service)) {
        wrong.push("an account cannot be created with the role administrator like this");
      }
      else this.users.set(alike, body.user);
      this.accounts.set(body.account, {
        id: body.account, seq: body.seq, person: body.person, user: body.user, name: body.name, function: body.function, email: body.email,
        service: body.service, roles: new Set(body.roles), state: "waiting", key: null, code: body.code, reset: null, totp: false,
      });
      return wrong;
    },
    "account.activated"(body) {
      return this.known(body.account, (account) => {
        const wrong = [];
        if (account.state !== "waiting") wrong.push("the account does not wait for activation");
        if (hexOf(sha256(bytesOfHex(account.code.salt), utf8(body.code))) !== account.code.sha256) wrong.push("the one-time code is not the one that was given out");
        if (millis(body.time) > millis(account.code.expires)) wrong.push("the one-time code had expired");
        account.state = "active";
        account.key = idOfKey(body.key);
        account.totp = body.totp;
        return wrong;
      });
    },
    "account.changed"(body) {
      return this.known(body.account, (account) => {
        for (const key of ["name", "function", "email"]) if (body[key] !== undefined) account[key] = body[key];
        return [];
      });
    },
    "role.granted"(body) {
      return this.known(body.account, (account) => {
        const wrong = account.roles.has(body.role) ? ["the account held this role already"] : [];
        if (body.role === "administrator") {
          if (account.service) wrong.push("a service cannot be an administrator");
          wrong.push(...this.secondPerson(body, body.account));
        } else if (body.proposal !== undefined) wrong.push("only the role administrator takes a proposal");
        account.roles.add(body.role);
        return wrong;
      });
    },
    "role.revoked"(body) {
      return this.known(body.account, (account) => (account.roles.delete(body.role) ? [] : ["the account did not hold this role"]));
    },
    proposal(body) {
      const by = this.accounts.get(body.actor);
      this.proposals.set(body.seq, { act: body.act, account: body.account, by, time: body.time, used: false });
      if (body.act === "restored") return body.account ? ["it names an account, which a restored copy has not"] : [];
      return this.known(body.account, () => []);
    },
    "account.reset"(body) {
      return this.known(body.account, (account) => {
        const wrong = this.secondPerson(body, body.account);
        if (this.accounts.get(body.actor)?.person === account.person) wrong.push("nobody may reset an own account");
        this.retire(account);
        Object.assign(account, { state: "waiting", code: body.code, reset: { seq: body.seq, time: body.time } });
        return wrong;
      });
    },
    "account.disabled"(body) {
      return this.known(body.account, (account) => {
        this.retire(account);
        account.state = "disabled";
        return [];
      });
    },
    "account.unlocked"(body) {
      return this.known(body.account, (account) =>
        this.accounts.get(body.actor)?.person === account.person ? ["nobody may unlock an own account"] : []);
    },
    "credentials.changed"(body) {
      this.endSessions(body.account);
      const account = this.accounts.get(body.account);
      if (account) account.totp = body.totp;
      return body.account === body.actor ? [] : ["it is about somebody else's credentials"];
    },
    "accounts.checked"(body) {
      const { roles, service } = this.accounts.get(body.actor) ?? {};
      const wrong = !service && (roles?.has("administrator") || roles?.has("qa")) ? [] : ["neither an administrator nor somebody of the role qa made the check"];
      const line = (id, state, held) => `${id} ${state} ${[...held].sort().join()}`;
      const said = body.accounts.map((one) => line(one.account, one.state, one.roles)).sort().join("\n");
      const are = [...this.accounts.values()].map((one) => line(one.id, one.state, one.roles)).sort().join("\n");
      if (said !== are) wrong.push("the accounts that it lists are not the accounts as they were");
      return wrong;
    },
    "login.failed"(body) {
      return body.account ? this.known(body.account, () => []) : [];
    },
    refused(body) {
      return body.account ? this.known(body.account, () => []) : [];
    },
    "session.opened"(body) {
      const wrong = this.sessions.has(body.session) ? ["a session of this name was opened before"] : [];
      const account = this.accounts.get(body.actor);
      if (account?.service) wrong.push("a service cannot open a session");
      if (account && account.totp !== (body.method === "password and one-time code")) wrong.push("the account has another number of factors");
      this.sessions.set(body.session, { account: body.actor, open: true, used: false, seq: body.seq });
      return wrong;
    },
    "session.closed"(body) {
      const session = this.sessions.get(body.session);
      const wrong = session?.open ? [] : ["the session was not open"];
      if (session) session.open = false;
      return wrong;
    },
    restored(body) {
      const wrong = this.secondPerson(body, "");
      if (body.kept > body.seq) wrong.push("the copy cannot have held so many records");
      return wrong;
    },
    "audit.reviewed"(body) {
      return body.first <= body.last && body.last < body.seq ? [] : ["the records that it names are none before it, in their order"];
    },
  };

  retire(account) {
    const key = this.keys.get(account.key);
    if (key) key.active = false;
    account.key = null;
    this.endSessions(account.id);
  }
}
