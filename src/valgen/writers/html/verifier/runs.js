/* Runs, cases and steps: docs/format.md, "Runs", and docs/format-ledger.md, "Formal executions".

   Each method takes a body and returns what does not fit to what came before it, and keeps what later records need. */

class Runs {
  constructor(mode) {
    this.prefix = mode === "ledger" ? "run" : "dry";
    this.mode = mode;
    this.runs = new Map();
    this.executions = new Map();
    this.results = new Map();
  }

  take(body, leaf, people) {
    const act = {
      "run.started": this.started, "case.started": this.inside, "step.result": this.step, "case.result": this.result,
      "run.finished": this.ended, "run.aborted": this.ended, "execution.opened": this.opened, review: this.review,
    }[body.kind];
    return act ? act.call(this, body, leaf, people) : [];
  }

  started(body, leaf, people) {
    const wrong = [];
    const due = `${this.prefix}-${String(this.runs.size + 1).padStart(4, "0")}`;
    if (body.run !== due) wrong.push(`the run is called ${body.run}, and ${due} is next`);
    if (this.mode === "dry" && body.mode !== "dry") wrong.push("a dry log holds dry runs only");
    if (this.mode === "ledger" && body.mode !== "formal") wrong.push("a ledger holds formal runs only");
    this.runs.set(body.run, { seq: body.seq, stage: body.stage, environment: body.environment, attempts: new Map(), ended: false, execution: body.execution });
    if (this.mode !== "ledger" || body.mode !== "formal") return wrong;
    const execution = this.executions.get(body.execution);
    if (!execution) wrong.push(`the execution ${body.execution} was not opened before`);
    else {
      if (execution.stage !== body.stage || execution.environment !== body.environment) {
        wrong.push(`the execution ${body.execution} is one of another stage or environment`);
      }
      execution.testers.add(people.accounts.get(body.tester)?.person);
    }
    const tester = people.accounts.get(body.tester);
    if (tester?.state !== "active") wrong.push(`the tester ${body.tester} has no active account`);
    else if (body.session) wrong.push(...people.sessionProblems(body.session, body.tester));
    else if (!tester.service) wrong.push("the tester is a person without an open session");
    return wrong;
  }

  inside(body) {
    const run = this.runs.get(body.run);
    if (!run) return [`the run ${body.run} was never started`];
    if (run.ended) return [`the run ${body.run} had ended`];
    if (body.case === undefined) return [];
    const attempt = this.attempt(run, body);
    return attempt.ended ? [`attempt ${body.attempt} at ${body.case} in ${body.run} had ended`] : [];
  }

  attempt(run, body) {
    const key = `${body.attempt} ${body.case}`;
    if (!run.attempts.has(key)) run.attempts.set(key, { steps: [], ended: false });
    return run.attempts.get(key);
  }

  step(body, leaf) {
    const wrong = this.inside(body);
    const run = this.runs.get(body.run);
    if (run) this.attempt(run, body).steps.push(leaf);
    return wrong;
  }

  result(body, leaf) {
    const wrong = this.inside(body);
    const run = this.runs.get(body.run);
    if (!run) return wrong;
    const attempt = this.attempt(run, body);
    if (attempt.steps.join() !== body.steps.join()) {
      wrong.push(`the case result does not name the recorded steps of attempt ${body.attempt} at ${body.case} in ${body.run}`);
    }
    attempt.ended = true;
    attempt.steps = [];
    this.results.set(leaf, { seq: body.seq, execution: run.execution });
    return wrong;
  }

  ended(body) {
    const wrong = this.inside({ run: body.run });
    const run = this.runs.get(body.run);
    if (run) {
      run.ended = true;
      run.attempts = new Map();
    }
    return wrong;
  }

  opened(body, leaf, people) {
    const due = `exec-${String(this.executions.size + 1).padStart(4, "0")}`;
    const wrong = body.execution === due ? [] : [`the execution is called ${body.execution}, and ${due} is next`];
    wrong.push(...people.sessionProblems(body.session, body.actor));
    this.executions.set(body.execution, { seq: body.seq, stage: body.stage, environment: body.environment, testers: new Set() });
    return wrong;
  }

  review(body, leaf, people) {
    const execution = this.executions.get(body.execution);
    if (!execution) return [`the execution ${body.execution} was not opened before`];
    const wrong = [];
    if (execution.testers.has(people.accounts.get(body.actor)?.person)) wrong.push("the reviewer was a tester of this execution");
    if (body.upto >= body.seq) wrong.push("it takes records into account that come after it");
    if (new Set(body.results).size < body.results.length) wrong.push("it names a case result twice");
    const foreign = body.results.map((one) => this.results.get(one)).some((one) => one?.execution !== body.execution || one.seq > body.upto);
    if (foreign) wrong.push("it reviews a case result that is none of this execution, or a later one");
    return wrong;
  }
}
