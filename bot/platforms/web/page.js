// What only the browser can do: the list of commands, focus and scrolling, elapsed seconds, and what to say when the
// server is gone. Text is only ever set as text.
const epochbot = (() => {
  const LONGEST = 100000;
  const byId = (id) => document.getElementById(id);
  const dark = matchMedia("(prefers-color-scheme: dark)");

  // The second click of a double click presses nothing.
  document.addEventListener("click", (e) => {
    if (e.detail < 2 || !e.target.closest("button")) return;
    e.preventDefault();
    e.stopPropagation();
  }, true);

  // The message line and the commands that fit.
  let commands = [];
  let fitting = [];
  let active = 0;

  function suggest(box) {
    commands = commands.length ? commands : JSON.parse(box.dataset.commands);
    const typed = box.value;
    fitting = /^\/\S*$/.test(typed) ? commands.filter((c) => c.name.startsWith(typed.toLowerCase())) : [];
    active = 0;
    draw(box);
  }

  function draw(box) {
    const list = byId("fitting");
    list.replaceChildren(...fitting.map((c, n) => option(c, n, box)));
    list.hidden = fitting.length === 0;
    const said = `${fitting.length} ${fitting.length === 1 ? "command fits" : "commands fit"}; arrow keys choose`;
    byId("fitting-count").textContent = fitting.length ? said : "";
    if (!fitting.length) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", `fits-${active}`);
    byId(`fits-${active}`).scrollIntoView({ block: "nearest" });
  }

  function option(command, n, box) {
    const item = document.createElement("li");
    const [name, summary] = [document.createElement("b"), document.createElement("span")];
    name.textContent = fitting.length === 1 ? command.usage : command.name;
    summary.textContent = command.summary;
    item.append(name, " ", summary);
    item.id = `fits-${n}`;
    item.role = "option";
    item.ariaSelected = String(n === active);
    item.addEventListener("pointerdown", (e) => { e.preventDefault(); complete(box, n); });
    return item;
  }

  function complete(box, n) {
    fill(box, `${fitting[n].name} `);
  }

  function fill(box, text) {
    box.value = text;
    box.focus();
    suggest(box);
    grow(box);
  }

  function grow(box) {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, innerHeight * 0.4)}px`;
  }

  function onKey(e) {
    const box = e.target;
    const exact = fitting.length > 0 && fitting[active].name === box.value;
    if (fitting.length && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
      active = (active + (e.key === "ArrowDown" ? 1 : fitting.length - 1)) % fitting.length;
      draw(box);
    } else if (fitting.length && !e.shiftKey && (e.key === "Tab" || (e.key === "Enter" && !exact))) {
      complete(box, active);
    } else if (fitting.length && e.key === "Escape") {
      fitting = [];
      draw(box);
    } else if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
      box.form.requestSubmit();
    } else {
      return;
    }
    e.preventDefault();
  }

  // The text to send, or null when there is nothing. What is too long to be read stays in the line.
  function take(form) {
    const box = form.querySelector("textarea");
    const text = box.value;
    if (!text.trim()) return null;
    if (text.length <= LONGEST) fill(box, "");
    return text.slice(0, 2 * LONGEST);
  }

  document.addEventListener("input", (e) => {
    if (e.target.id !== "message") return;
    suggest(e.target);
    grow(e.target);
  });
  document.addEventListener("keydown", (e) => { if (e.target.id === "message") onKey(e); });
  document.addEventListener("focusout", (e) => {
    if (e.target.id !== "message") return;
    fitting = [];
    draw(e.target);
  });
  document.addEventListener("click", (e) => {
    const text = e.target.closest("[data-fill]")?.dataset.fill;
    if (text) fill(byId("message"), text);
  });

  // Each new turn: scroll to what the learner said, move the focus to the answer, name the editor.
  function arrived(turn) {
    const article = turn.querySelector("article");
    const mine = [...document.querySelectorAll(".turn.mine")].at(-1);
    (mine ?? turn).scrollIntoView({ block: "start", behavior: still() ? "auto" : "smooth" });
    if (article?.hasAttribute("data-focus")) article.focus({ preventScroll: true });
  }

  function still() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  function nameEditor(content) {
    const { label, note } = content.closest(".editor").dataset;
    content.setAttribute("aria-label", `${label}. ${note}`);
  }

  function watch() {
    new MutationObserver((changes) => {
      for (const node of changes.flatMap((change) => [...change.addedNodes])) {
        if (!(node instanceof HTMLElement)) continue;
        if (node.classList.contains("turn")) arrived(node);
        node.querySelectorAll(".editor .cm-content").forEach(nameEditor);
      }
    }).observe(document.querySelector(".log"), { childList: true, subtree: true });
  }

  setInterval(() => {
    for (const shown of document.querySelectorAll(".elapsed")) {
      shown.dataset.since ??= performance.now();
      shown.textContent = `${Math.round((performance.now() - shown.dataset.since) / 1000)} s`;
    }
  }, 500);

  // When the server goes away, say so; keep what was being typed; when it is back, say that too.
  function lost() {
    const editors = [...document.querySelectorAll(".editor")];
    const drafts = Object.fromEntries(editors.map((e) => [e.dataset.slug, codeOf(e)]).filter(([, code]) => code !== null));
    sessionStorage.setItem("epochbot", JSON.stringify({ drafts, message: byId("message").value }));
  }

  function codeOf(editor) {
    const code = getElement(Number(editor.querySelector(".nicegui-codemirror")?.id.slice(1)))?.editor;
    return code ? code.state.doc.toString() : null;
  }

  function opened() {
    const kept = JSON.parse(sessionStorage.getItem("epochbot") ?? "null");
    sessionStorage.removeItem("epochbot");
    if (kept?.message) fill(byId("message"), kept.message);
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    emitEvent("opened", { dark: dark.matches, zone, resumed: kept !== null, drafts: kept?.drafts ?? {} });
    dark.addEventListener("change", (e) => emitEvent("palette", e.matches));
    const popup = byId("popup");
    popup.role = "alert";
    const [what, advice] = popup.children;
    what.textContent = "Epochbot is not answering.";
    advice.textContent = "If you stopped it, start it again: this page then connects by itself, and nothing answered is lost.";
    window.socket.on("disconnect", lost);
    window.socket.on("connect", () => sessionStorage.removeItem("epochbot"));
  }

  function begin() {
    if (!window.did_handshake || !document.querySelector(".log")) return setTimeout(begin, 50);
    watch();
    document.querySelectorAll(".editor .cm-content").forEach(nameEditor);
    opened();
  }
  begin();

  return { take };
})();
