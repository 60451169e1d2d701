// The page's own script: pictures that never flicker, the gallery's boxes, files dropped anywhere, and words for screen readers.
const studio = {
  // Shows a picture in its frame, unless it came later than a newer one.
  show(element, value) {
    if (!value) return;
    const next = JSON.parse(value);
    const image = element.querySelector("img");
    if (Number(image.dataset.number || 0) > next.number) return;
    image.dataset.number = next.number;
    image.dataset.moved = JSON.stringify(next.moved);
    image.src = next.source;
    image.alt = next.text;
    element.querySelector("figcaption").textContent = next.title;
  },

  // Shows the face that is shaped, and has it measured once no other has come for a moment: sooner, dragging would stutter.
  showLive(element, value, trigger, rested) {
    if (!value) return;
    studio.show(element, value);
    document.getElementById("studio-sliders")?.classList.add("studio-waiting");
    clearTimeout(studio.rest);
    studio.rest = setTimeout(() => trigger(rested), 150);
  },

  // Tells the server which kept faces are ticked, and which one shall be shown again.
  listen(element, trigger, tick, again) {
    element.addEventListener("change", () => {
      const boxes = [...element.querySelectorAll("input:checked")];
      trigger(tick, { chosen: boxes.map((box) => Number(box.value)) });
    });
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-show]");
      if (button) trigger(again, { number: Number(button.dataset.show) });
    });
  },

  // Has a line read out whenever it changes.
  announce(element) {
    element.setAttribute("role", "status");
    element.setAttribute("aria-live", "polite");
    new MutationObserver(() => {
      document.getElementById("studio-sliders")?.classList.remove("studio-waiting");
      // What the server says of the face that a changed number led to shall not hide that it was changed.
      const line = element.querySelector("p");
      if (!line || !studio.note || line.textContent.includes("took") || line.textContent.startsWith("Took")) return;
      if (Date.now() < studio.note.until) line.textContent += studio.note.text;
      studio.note = null;
    }).observe(element, { childList: true, subtree: true, characterData: true });
  },

  // Writes the line that tells what happened, where the server cannot.
  say(text, problem) {
    const line = document.querySelector("#studio-status p");
    if (!line) return;
    line.className = problem ? "studio-problem" : "studio-news";
    line.textContent = text;
  },

  // Asks every few seconds whether the server is there, and still the one that opened this page: another one knows nothing of it.
  async watch() {
    let first = null;
    let gone = false;
    for (;;) {
      await new Promise((done) => setTimeout(done, 3000));
      let now;
      try {
        const answer = await fetch("gradio_api/app_id", { cache: "no-store", signal: AbortSignal.timeout(10000) });
        now = answer.ok ? await answer.text() : null;
      } catch {
        gone = true;
        studio.say("The studio does not answer. If it was closed, start it again and reload this page.", true);
        continue;
      }
      if (now === null) continue;
      first ??= now;
      if (now !== first) return studio.say("The studio was started again and has forgotten this page. Reload it to go on.", true);
      if (gone) studio.say("The studio answers again.", false);
      gone = false;
    }
  },

  // Takes over what was typed into a number field: whole where the field's steps are, within its range, and says what was changed.
  settle(field, leaving) {
    clearTimeout(field.pause);
    if (!field.typed) return;
    const typed = field.value;
    const step = field.closest("#studio-seed") ? 1 : Number(field.step) || 1;
    const rounded = Number((Math.round(Number(typed) / step) * step).toFixed(6));
    const low = field.min === "" ? -Infinity : Number(field.min);
    const high = field.max === "" ? Infinity : Number(field.max);
    const taken = typed === "" ? Number(field.before) : Math.min(high, Math.max(low, rounded));
    if (!leaving && taken !== Number(typed || NaN)) return; // a number that may still be half typed
    field.typed = false;
    if (taken !== Number(typed || NaN)) {
      const rule = `expected ${step === 1 ? "a whole number" : "a number"} from ${low} to ${high}`;
      studio.note = { text: ` (${rule}; took ${taken} for “${typed}”.)`, until: Date.now() + 3000 };
      studio.say(`Took ${taken} for “${typed}”: ${rule}.`, true);
    }
    field.value = String(taken);
    field.before = field.value;
    field.settling = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.settling = false;
  },

  // Keeps what is being typed into a number field from the page, which would draw a face for every digit.
  type(event) {
    const field = event.target;
    if (!field.matches?.("input[type=number]")) return;
    if (event.type === "focus") field.before = field.value;
    else if (event.type === "blur" || event.key === "Enter") studio.settle(field, true);
    else if (event.type === "input" && !field.settling) {
      event.stopImmediatePropagation();
      field.typed = true;
      clearTimeout(field.pause);
      field.pause = setTimeout(() => studio.settle(field, false), 600);
    }
  },

  // Hands a file that was dropped anywhere on the page to the area for it.
  drop(event) {
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    event.preventDefault();
    event.stopPropagation();
    const clear = document.querySelector("#studio-drop button[aria-label='Clear']");
    clear?.click();
    const give = (tries) => {
      const input = document.querySelector("#studio-drop input[type=file]");
      if (!input) return tries && setTimeout(give, 50, tries - 1);
      const one = new DataTransfer();
      one.items.add(files[0]);
      input.files = one.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    give(40);
  },
};
window.addEventListener("dragover", (event) => event.preventDefault(), true);
window.addEventListener("drop", studio.drop, true);
for (const kind of ["focus", "input", "keydown", "blur"]) window.addEventListener(kind, studio.type, true);
studio.watch();
