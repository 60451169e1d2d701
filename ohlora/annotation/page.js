"use strict";

// The server knows what was answered and what comes next; this page shows it and sends one answer at a time.
const element = (id) => document.getElementById(id);
const pictures = new Map();
let state = null;
let shown = null; // the question that can be answered: its picture is on the screen
let busy = false;

function picture(face) {
  if (!pictures.has(face)) {
    const image = new Image();
    image.src = `faces/${face}`;
    // Decoded ahead, so that it appears at once when its turn comes.
    const ready = image.decode().then(() => true, () => false);
    pictures.set(face, { image, ready });
  }
  return pictures.get(face);
}

function keepOnly(faces) {
  for (const face of [...pictures.keys()]) if (!faces.includes(face)) pictures.delete(face);
  faces.forEach(picture);
}

function duration(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

function describePace({ done, total, per_minute, seconds_left }) {
  const pace = per_minute ? ` · ${Math.round(per_minute)} a minute · ${duration(seconds_left)} left` : "";
  return `${done} of ${total}${pace}`;
}

function question(now) {
  return `${now.label.replaceAll("_", " ")}: ${now.zero} or ${now.one}?`;
}

async function show(next) {
  const { now, last } = next;
  // Everything changes at once: a count that runs ahead of the picture would tell of a face that nobody sees yet.
  const fine = now !== null && await picture(now.face).ready;
  state = next;
  element("progress").max = Math.max(1, state.total);
  element("progress").value = state.done;
  element("pace").textContent = describePace(state);
  element("place").textContent = `${state.annotator} · ${now ? now.name : state.folder}`;
  element("undo").setAttribute("aria-disabled", String(!last));
  for (const id of ["zero", "one", "skip"]) element(id).setAttribute("aria-disabled", String(!now));
  if (state.agreement) showAgreement(state.agreement);
  element("end").hidden = now !== null;
  element("face").hidden = now === null;
  const told = last ? `Saved: ${last.label} ${last.answer}. ` : "";
  if (now === null) {
    shown = null;
    keepOnly([]);
    document.title = element("question").textContent = "All done";
    element("summary").textContent =
      `${state.done} of ${state.total} questions are answered` + (state.skipped ? `, ${state.skipped} of them skipped.` : ".");
    element("status").textContent = `${told}All done.`;
    return;
  }
  const { image } = picture(now.face);
  image.alt = `Face ${now.name}`;
  const missing = document.createElement("p");
  missing.textContent = `${now.name} cannot be shown; skip it.`;
  element("face").replaceChildren(fine ? image : missing);
  document.title = `${state.done}/${state.total} ${now.label}`;
  element("question").textContent = question(now);
  element("zero-word").textContent = now.zero;
  element("one-word").textContent = now.one;
  element("status").textContent = `${told}Question ${state.done + 1} of ${state.total}: ${question(now)}`;
  shown = { ...now, fine };
  keepOnly([now.face, ...state.ahead]);
}

function showAgreement(lines) {
  element("others").hidden = lines.length === 0;
  element("agreement").replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })),
  );
}

function alarm(text) {
  element("alert").hidden = !text;
  element("alert").textContent = text;
}

async function ask(path, content) {
  const options = content === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
  };
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer.error);
  return answer;
}

class Refused extends Error {}

async function send(path, content) {
  if (busy) return;
  busy = true;
  try {
    await show(await ask(path, content));
    alarm("");
  } catch (error) {
    if (error instanceof Refused) alarm(`Not saved: ${error.message}`);
    else await reconnect();
  } finally {
    busy = false;
  }
}

async function reconnect() {
  alarm("The server does not answer. What was saved is safe; start `ohlora annotate` again, and this page goes on.");
  for (;;) {
    await new Promise((resume) => setTimeout(resume, 1000));
    try {
      const next = await ask("api/state");
      pictures.clear(); // another start may count the faces otherwise
      await show(next);
      alarm("");
      return;
    } catch (error) {
      if (error instanceof Refused) alarm(error.message);
    }
  }
}

const answer = (value) => {
  if (!shown || busy || (!shown.fine && value !== "skip")) return;
  send("api/answer", { face: shown.face, label: shown.label, answer: value });
};
const actions = {
  zero: () => answer(0),
  one: () => answer(1),
  skip: () => answer("skip"),
  undo: () => state && state.last && send("api/undo", {}),
};
const keys = { 0: "zero", 1: "one", s: "skip", S: "skip", u: "undo", U: "undo", Backspace: "undo" };

for (const [id, act] of Object.entries(actions)) element(id).addEventListener("click", act);
document.addEventListener("keydown", (event) => {
  // A key that is held down would answer faces that nobody has looked at.
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || !element("keys").checked) return;
  const action = actions[keys[event.key]];
  if (!action) return;
  event.preventDefault();
  action();
});

send("api/state");
