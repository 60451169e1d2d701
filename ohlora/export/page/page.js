// The page: what its controls say is a face, and the newest face is drawn as soon as the drawer is free.

const settings = JSON.parse(document.getElementById("settings").textContent);
const query = new URLSearchParams(location.search);
const element = (name) => document.getElementById(name);
const canvas = element("picture"), context = canvas.getContext("2d");
const HIGHEST_SEED = 2 ** 32 - 1;

const face = { seed: 0, truncation: settings.truncation, moved: {} };
let own = {}, comparing = false, busy = true, waiting = false, asked = 0, loaded = 0, way = "";

const drawer = new Worker(new URL("./drawer.js", import.meta.url), { type: "module" });
drawer.onmessage = ({ data }) => {
  if (data.loaded) showLoading(data.loaded);
  else if (data.ready) showReady(data.ready);
  else if (data.picture) showPicture(data);
  else tell(`Nothing can be drawn: ${data.problem}`, true);
};
drawer.onerror = (event) => tell(`Nothing can be drawn: ${event.message ?? "the drawer did not load"}`, true);

function tell(text, isProblem = false) {
  element("status").textContent = text;
  element("status").classList.toggle("problem", isProblem);
}

function showLoading(bytes) {
  loaded += bytes;
  const megabytes = (count) => (count / 1e6).toFixed(1);
  tell(`Loading: ${megabytes(loaded)} of about ${megabytes(settings.bytes)} MB, once`);
}

function showReady(text) {
  way = text;
  busy = false;
  draw();
}

/** Draws the face as it stands now, or right after the picture that is under way. */
function draw() {
  if (busy) {
    waiting = true;
    return;
  }
  [busy, waiting, asked] = [true, false, performance.now()];
  const moved = comparing ? {} : face.moved;
  const values = settings.sliders.map(({ name }) => moved[name] ?? null);
  drawer.postMessage({ draw: { seed: face.seed, truncation: face.truncation, values } });
}

function showPicture({ picture, own: stands, face: drawn }) {
  context.putImageData(new ImageData(picture, canvas.width, canvas.height), 0, 0);
  const milliseconds = performance.now() - asked;
  busy = false;
  own = Object.fromEntries(settings.sliders.map(({ name }, index) => [name, stands[index]]));
  Object.assign(canvas.dataset, { drawn: JSON.stringify(drawn), milliseconds: milliseconds.toFixed(1) });
  canvas.setAttribute("aria-label", describe());
  tell(`${Math.round(milliseconds)} ms a picture (${way})`);
  showSliders();
  if (waiting) draw();
}

function describe() {
  const moved = Object.entries(face.moved).map(([name, value]) => `${name.replaceAll("_", " ")} ${value.toFixed(2)}`);
  return [`Face of seed ${face.seed}`, ...(comparing ? ["nothing moved"] : moved)].join(", ");
}

function showSliders() {
  for (const { name, low, high } of settings.sliders) {
    const line = element(`slider-${name}`), isMoved = name in face.moved;
    const stands = isMoved ? face.moved[name] : Math.min(high, Math.max(low, own[name] ?? (low + high) / 2));
    for (const input of line.querySelectorAll("input")) {
      if (input !== document.activeElement || !isMoved) input.value = stands.toFixed(2);
    }
    line.classList.toggle("moved", isMoved);
    line.querySelector(".way").style.setProperty("--own", (((own[name] ?? low) - low) / (high - low)).toFixed(4));
    line.querySelector("button").disabled = !isMoved;
  }
  for (const input of element("truncation").querySelectorAll("input")) {
    if (input !== document.activeElement) input.value = face.truncation.toFixed(2);
  }
  if (element("seed") !== document.activeElement) element("seed").value = face.seed;
}

function change(part) {
  Object.assign(face, part);
  showSliders();
  remember();
  draw();
}

/** The address shows the face, so that a link leads to it; the words are those of the studio's links. */
let remembering;
function remember() {
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    const words = { seed: face.seed };
    if (face.truncation !== settings.truncation) words.truncation = face.truncation;
    const kept = ["threads", "graphics"].flatMap((name) => (query.has(name) ? [[name, query.get(name)]] : []));
    history.replaceState(null, "", `?${new URLSearchParams([...Object.entries({ ...words, ...face.moved }), ...kept])}`);
  }, 300);
}

/** A number of the address or of a field, inside its range; null for what is none. */
function number(text, low, high) {
  const value = text === null || text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : null;
}

function wholeSeed(text) {
  const value = number(text, 0, HIGHEST_SEED);
  return value === null ? null : Math.round(value);
}

function recall() {
  face.seed = wholeSeed(query.get("seed")) ?? face.seed;
  face.truncation = number(query.get("truncation"), 0, 1.5) ?? face.truncation;
  for (const { name, low, high } of settings.sliders) {
    const value = number(query.get(name), low, high);
    if (value !== null) face.moved[name] = value;
  }
}

function listen() {
  for (const { name, low, high } of settings.sliders) {
    const line = element(`slider-${name}`);
    for (const input of line.querySelectorAll("input")) {
      input.addEventListener("input", () => {
        const value = number(input.value, low, high);
        if (value !== null) change({ moved: { ...face.moved, [name]: value } });
      });
    }
    line.querySelector("button").addEventListener("click", () => {
      const { [name]: _, ...rest } = face.moved;
      change({ moved: rest });
    });
  }
  for (const input of element("truncation").querySelectorAll("input")) {
    input.addEventListener("input", () => change({ truncation: number(input.value, 0, 1.5) ?? face.truncation }));
  }
  document.addEventListener("focusout", () => setTimeout(showSliders));
  const step = (by) => change({ seed: (face.seed + by + HIGHEST_SEED + 1) % (HIGHEST_SEED + 1) });
  element("seed").addEventListener("input", () => change({ seed: wholeSeed(element("seed").value) ?? face.seed }));
  element("previous").addEventListener("click", () => step(-1));
  element("next").addEventListener("click", () => step(1));
  element("dice").addEventListener("click", () => change({ seed: Math.floor(Math.random() * 1e6) }));
  element("reset-all").addEventListener("click", () => change({ moved: {} }));
  element("download").addEventListener("click", download);
  listenForComparing();
}

function listenForComparing() {
  const compare = (isHeld) => {
    if (comparing === isHeld) return;
    comparing = isHeld;
    element("stage").classList.toggle("comparing", isHeld);
    draw();
  };
  for (const place of [element("compare"), canvas]) {
    place.addEventListener("pointerdown", () => compare(true));
  }
  for (const name of ["pointerup", "pointercancel", "blur"]) window.addEventListener(name, () => compare(false));
  element("compare").addEventListener("keydown", ({ key }) => [" ", "Enter"].includes(key) && compare(true));
  element("compare").addEventListener("keyup", () => compare(false));
}

function download() {
  canvas.toBlob((data) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(data);
    link.download = `seed${String(face.seed).padStart(8, "0")}.png`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

recall();
listen();
showSliders();
drawer.postMessage({
  open: { ...settings, threads: Number(query.get("threads")) || 0, graphics: query.get("graphics") === "yes" },
});
