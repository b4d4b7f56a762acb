// What the page does by itself: language and light, opening passages, copying, saving. It asks the server through
// `trigger`, which Gradio hands to the functions in app.py. Nothing here writes HTML.
const words = props.words, authorities = props.authorities, root = document.documentElement;
const $ = (selector, scope = document) => scope.querySelector(selector);
const $$ = (selector, scope = document) => [...scope.querySelectorAll(selector)];
const formats = {};  // to make one takes as long as all else here
const format = () => formats[root.lang] ||= new Intl.DateTimeFormat(root.lang, { dateStyle: "long", timeZone: "UTC" });
const written = (value) => /^\d{4}-\d\d-\d\d$/.test(value) ? format().format(new Date(value)) : value;
const say = (key, values = {}) => (words[root.lang] || words.en)[key].replace(/\{(\w+)\}/g, (_, name) => written(values[name] ?? ""));
const send = {
  context: (data) => trigger("context", { ...data, reader: root.lang }), again: (data) => trigger("again", { ...data, reader: root.lang }), compare: (data) => trigger("compare", { ...data, reader: root.lang }),
  note: (data) => trigger("note", { ...data, reader: root.lang }), opinion: (data) => trigger("opinion", { ...data, reader: root.lang }), opinions: () => trigger("opinions", { reader: root.lang }),
  language: (data) => trigger("language", { ...data, reader: root.lang }), clear: () => trigger("clear", { reader: root.lang }), browse: (data) => trigger("browse", { ...data, reader: root.lang }),
  own: (data) => trigger("own", { ...data, reader: root.lang }), leave: () => trigger("leave", { reader: root.lang }),
  remember: () => trigger("remember", { reader: root.lang }), also: (data) => trigger("also", { ...data, reader: root.lang }),
};

function localise(scope = document) {
  for (const at of $$("[data-t]", scope)) {
    const text = say(at.dataset.t, JSON.parse(at.dataset.tValues || "{}"));
    if (at.textContent !== text) at.textContent = text;
  }
  for (const at of $$("[data-t-label]", scope)) at.setAttribute("aria-label", say(at.dataset.tLabel));
  for (const at of $$("[data-t-placeholder]", scope)) at.placeholder = say(at.dataset.tPlaceholder);
  for (const at of $$("[data-t-region]", scope)) {
    const text = authorities[at.dataset.tRegion][root.lang];
    if (at.textContent !== text) at.textContent = text;
  }
  for (const at of $$("[data-do=language]")) at.setAttribute("aria-pressed", at.dataset.language === root.lang);
  document.title = say("title");
}

function theme(dark) {
  document.body.classList.toggle("dark", dark);
  root.dataset.theme = dark ? "dark" : "light";
}

function view(name, wanted) {
  root.dataset.view = name;
  for (const at of $$("nav [data-view]")) at.toggleAttribute("aria-current", false);
  $(`nav [data-view=${name}]`)?.setAttribute("aria-current", "page");
  if (wanted || (name === "texts" && !$("#texts .library, #texts .document"))) send.browse(wanted || {});
}

const box = () => $("#question textarea");
function type(text) {
  const area = box();
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}
function ask(text) {
  view("ask");
  type(text);
  setTimeout(() => $("#send").click(), 30);
}

// A question is shown on its way if the answer takes longer than a blink; the server sends what replaces it.
const BLINK = 400;
let waited = "";
const part = (name, kind, ...inside) => { const at = document.createElement(name); at.className = kind; at.append(...inside); return at; };
window.assistantAsked = (typed) => {
  if (!typed.trim()) return;
  setTimeout(() => {  // after the request has left
    waited = typed;
    root.dataset.asking = "yes";
    type("");
    if (narrow()) box().blur();
  });
  setTimeout(() => {
    if (!root.dataset.asking || waited !== typed || $("#talk .waiting")) return;
    const asked = part("h2", "asked", typed), note = part("p", "notice", say("searching")), bones = part("div", "bones", part("i", ""), part("i", ""), part("i", ""));
    asked.dir = "auto";
    note.setAttribute("role", "status");
    bones.setAttribute("aria-hidden", "true");
    $("#talk [id^=html-]").append(part("article", "exchange waiting", asked, part("div", "answer", note, bones)));
  }, BLINK);
};
function settle() {
  delete root.dataset.asking;
  $("#talk .waiting")?.remove();
}
window.assistantAnswered = () => {
  settle();
  if ($("#remember")?.checked) send.remember();
};
window.assistantFailed = () => {
  settle();
  if (!box().value) type(waited);
  toast(navigator.onLine ? say("unanswered") : say("offline"), 10000);
};

function broken() {  // Gradio tells of a connection that is gone by a message alone
  const at = $(".toast-body.error:not([data-seen])");
  if (!at) return;
  at.dataset.seen = "";
  if (root.dataset.asking) window.assistantFailed();
}

let toasting;
function toast(text, milliseconds = 3000) {
  let at = $("#toast");
  if (!at) {
    at = document.createElement("div");
    at.id = "toast";
    at.setAttribute("role", "status");
    document.body.append(at);
  }
  at.textContent = text;
  at.classList.add("shown");
  clearTimeout(toasting);
  toasting = setTimeout(() => at.classList.remove("shown"), milliseconds);
}
async function copy(text) {
  try { await navigator.clipboard.writeText(text); } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(say("copied"));
}
function save({ name, mime, data }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const at = document.createElement("a");
  at.href = URL.createObjectURL(new Blob([bytes], { type: mime }));
  at.download = name;
  at.click();
  setTimeout(() => URL.revokeObjectURL(at.href), 10000);
}

// Passages: beside the answers on a desk, a sheet over them on a phone.
let opener;
const narrow = () => matchMedia("(max-width: 899px)").matches;
function show(turn) {
  for (const at of $$("#panel .turn")) at.classList.toggle("here", at.dataset.turn === String(turn));
}
function passage(link) {
  const mark = document.getElementById(link.hash.slice(1));
  if (!mark) return;
  opener = link;
  show(mark.closest(".turn").dataset.turn);
  for (const at of $$("#panel mark.here")) at.classList.remove("here");
  for (const at of $$("a.cite[aria-current]")) at.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  mark.classList.add("here");
  root.dataset.sheet = "open";
  mark.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  mark.focus({ preventScroll: true });
}
function close() {
  if (root.dataset.sheet !== "open") return;
  delete root.dataset.sheet;
  opener?.isConnected && opener.focus();
}

const turn = (at) => Number(at.dataset.turn || at.closest("[data-turn]")?.dataset.turn);
async function own(file, text) {
  const note = $("#own-note");
  if (file && file.size > props.own_bytes) { note.textContent = say("own_heavy", { mb: props.own_bytes / 1e6 }); return; }
  const bytes = file ? new Uint8Array(await file.arrayBuffer()) : new TextEncoder().encode(text);
  if (!bytes.length) { note.textContent = say("own_empty"); return; }
  let raw = "";
  for (let i = 0; i < bytes.length; i += 8192) raw += String.fromCharCode(...bytes.subarray(i, i + 8192));
  send.own({ name: file ? file.name : "", data: btoa(raw) });
}

const doing = {
  view: (at) => { view(at.dataset.view); if (at.dataset.view === "ask" && !narrow()) box().focus(); },
  language: (at) => {
    root.lang = at.dataset.language;
    localStorage.setItem("assistant-language", root.lang);
    localise();
    send.language({ language: root.lang });
  },
  theme: () => {
    const dark = root.dataset.theme !== "dark";
    localStorage.setItem("assistant-theme", dark ? "dark" : "light");
    theme(dark);
  },
  skip: () => box().focus(),
  drop: (at) => send.again({ turn: turn(at), drop: at.dataset.kind }),
  ask: (at) => ask(at.textContent),
  edit: (at) => type($(".asked", at.closest(".exchange")).innerText),
  retry: () => $("#send").click(),
  close,
  copy: (at) => copy($(".copy", at.closest(".exchange")).textContent),
  link: (at) => copy(location.origin + location.pathname + $(".link", at.closest(".exchange")).textContent + "&lang=" + root.lang),
  "section-link": (at) => copy(location.origin + location.pathname + at.dataset.link + "&lang=" + root.lang),
  compare: (at) => send.compare({ turn: turn(at) }),
  then: (at) => send.compare({ turn: turn(at), day: $("#then-" + turn(at)).value }),
  note: (at) => send.note({ turn: turn(at), kind: at.dataset.kind }),
  print: (at) => {
    const here = at.closest(".exchange");
    show(turn(at));
    here?.classList.add("printing");
    document.body.classList.toggle("printing-one", Boolean(here));
    window.print();
    here?.classList.remove("printing");
    document.body.classList.remove("printing-one");
  },
  opinion: (at) => send.opinion({ turn: turn(at), helpful: at.dataset.helpful === "yes", why: $("#why-" + turn(at)).value }),
  opinions: () => send.opinions(),
  clear: () => { localStorage.removeItem("assistant-language"); localStorage.removeItem("assistant-theme"); close(); send.clear(); },
  today: () => send.context({ day: "" }),
  open: (at) => { close(); view("texts", { document: at.dataset.document, section: at.dataset.section || "" }); },
  back: () => send.browse({}),
  paste: () => own(null, $("#own-text").value),
  leave: () => send.leave(),
};

document.addEventListener("click", (event) => {
  if (event.target.closest("#stop")) { settle(); type(waited); }
  const cite = event.target.closest("a.cite");
  if (cite) { event.preventDefault(); passage(cite); return; }
  const at = event.target.closest("button[data-do], a[data-do]");
  if (at) {
    event.preventDefault();
    doing[at.dataset.do]?.(at);
    const menu = at.closest("details.menu");
    if (menu) { menu.removeAttribute("open"); $("summary", menu).focus(); }
  }
  for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.removeAttribute("open");
});
document.addEventListener("change", (event) => {
  const at = event.target;
  if (at.id === "own-file" && at.files[0]) return own(at.files[0]);
  const value = at.type === "checkbox" ? at.checked : at.value;
  if (at.dataset.do === "context") send.context({ [at.dataset.what]: value });
  if (at.dataset.do === "again" && value) send.again({ turn: turn(at), [at.dataset.what]: value });
  if (at.dataset.do === "browse") browse();
  if (at.dataset.do === "also") send.also({ also: Boolean(value) });
});
function browse() {
  send.browse({ find: $("#find").value, topic: $("#topic").value, authority: $("#authority").value, language: $("#text-language").value });
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = event.target.closest?.("details.menu[open]");
    if (menu) { menu.removeAttribute("open"); $("summary", menu).focus(); } else close();
  }
  if (event.key === "Enter" && event.target.id === "place") { event.preventDefault(); event.target.blur(); }
});
document.addEventListener("dragover", (event) => event.target.closest?.("#own") && event.preventDefault());
document.addEventListener("drop", (event) => {
  if (!event.target.closest?.("#own")) return;
  event.preventDefault();
  if (event.dataTransfer.files[0]) own(event.dataTransfer.files[0]);
});
window.addEventListener("offline", () => toast(say("offline"), 10000));
window.addEventListener("beforeprint", () => { for (const at of $$("#panel .turn")) at.classList.add("print"); });

// After Gradio has redrawn a part: keep the keyboard where it was, show the newest answer.
let focused = "", newest = 0;
document.addEventListener("focusin", (event) => { focused = event.target.id || ""; });
const redrawn = () => {
  if (document.activeElement === document.body && focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const all = $$("#talk .exchange"), last = all.at(-1), number = all.length + (last?.classList.contains("waiting") ? 0.5 : 0);
  root.dataset.talk = all.length ? "yes" : "no";
  const answered = Number($$("#talk .exchange[data-turn]").at(-1)?.dataset.turn || 0);
  if (number !== newest && all.length) {
    if (number > newest) last.scrollIntoView({ block: "start" });
    show(answered);
  }
  newest = number;
  if (!$("#panel .turn.here")) show(answered);
};
let drawing = 0, still = false;
new MutationObserver((records) => {
  still ||= records.some((record) => !record.target.closest("#talk, #panel, #line"));  // those come in the reader's language
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    if (still) localise();
    still = false;
    broken();
    redrawn();
    arrived();
  });
}).observe(document.body, { childList: true, subtree: true });
function arrived() {
  const target = $("#texts [data-arrive]");
  if (!target) return;
  target.removeAttribute("data-arrive");
  target.scrollIntoView({ block: "start" });
  target.focus({ preventScroll: true });
}
watch("value", () => { if (props.value?.data) save(props.value); });

theme(root.dataset.theme === "dark");
localise();
const asked = new URLSearchParams(location.search);
if (asked.get("doc")) view("texts", { document: asked.get("doc"), section: asked.get("section") || "" });
else view(["texts", "own"].includes(asked.get("view")) ? asked.get("view") : "ask");
if (asked.get("q")) trigger("linked", { q: asked.get("q"), region: asked.get("region") || "", day: asked.get("date") || "", answer: asked.get("answer") || "", reader: root.lang });
// When a lost connection is back, Gradio loads the page anew: what stood in the box must outlive that. The tab keeps it, no longer.
const UNSENT = "assistant-unsent";
addEventListener("pagehide", () => { if (box()?.value) sessionStorage.setItem(UNSENT, box().value); });
const ready = setInterval(() => {
  const area = box();
  if (!area) return;
  clearInterval(ready);
  area.dir = "auto";
  area.setAttribute("enterkeyhint", "send");
  const unsent = sessionStorage.getItem(UNSENT);
  sessionStorage.removeItem(UNSENT);
  if (unsent && !asked.get("q")) type(unsent);
  if (!narrow()) area.focus({ preventScroll: true });
}, 50);
