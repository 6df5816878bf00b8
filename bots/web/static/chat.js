// Shows an answer as it comes, in the markup that the server makes. Whatever goes wrong, the form is sent as it
// would be without script, and the server's page says what happened. Only without a connection this page stays.
(() => {
  /** @typedef {{ name: string, told: Record<string, any> }} StreamEvent */

  /** `replaced` is what the coming answer took the place of.
   * @typedef {{ stop: AbortController, article: HTMLElement | null, replaced: Element[] }} Asking */

  // Milliseconds without any event. A busy server takes up to 20 seconds, and asking it again would keep it busy.
  const PATIENCE = 25_000;
  const LOST =
    "The connection was lost. Your question is still in the box. Please try again when you are back online.";
  const main = document.getElementById("main");
  const first = /** @type {HTMLElement | null} */ (document.getElementById("ask"));
  if (!main || !first || !window.fetch || !window.ReadableStream || !window.AbortController) return;

  /** @type {Asking | null} */
  let underWay = null;
  /** @type {WeakSet<HTMLFormElement>} */
  const asBefore = new WeakSet();
  /** @type {Map<number, { main: Element, title: string }>} */
  const kept = new Map();
  let shown = 0;

  /** Tells how it goes; `unseen` words are for screen readers, where others see for themselves.
   * @param {string} words @param {{ unseen?: boolean }} how */
  const say = (words, { unseen = false } = {}) => {
    const place = document.getElementById("working");
    if (!place) return;
    place.classList.toggle("hidden", unseen);
    place.textContent = words;
  };

  /** What the form asks, as the stream takes it. Throws where the page's own history cannot be read.
   * @param {FormData} form */
  const asRequest = (form) => {
    const text = (/** @type {string} */ name) => String(form.get(name) || "");
    const without = new Set([...form.getAll("not"), form.get("remove")].map((word) => String(word || "")));
    const also = new Set([...form.getAll("assume"), form.get("add")].map((word) => String(word || "")));
    also.delete(text("remove"));
    for (const word of also) without.delete(word);
    also.delete("");
    without.delete("");
    return {
      question: text("question"),
      audience: text("audience") || "parent",
      as_at: text("as_at").trim() || null,
      calendar: text("calendar") || null,
      conversation_id: text("conversation_id") || null,
      history: JSON.parse(text("history") || "[]"),
      also: [...also],
      without: [...without],
      html: true,
    };
  };

  /** The events of a stream, one at a time.
   * @param {ReadableStream<Uint8Array>} body
   * @returns {AsyncGenerator<StreamEvent>} */
  async function* eventsOf(body) {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let read = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      read += decoder.decode(value, { stream: true });
      const blocks = read.split("\n\n");
      read = blocks.pop() || "";
      for (const block of blocks) {
        const name = /^event: (.*)$/m.exec(block);
        const data = /^data: (.*)$/m.exec(block);
        if (name && data) yield { name: name[1], told: JSON.parse(data[1]) };
      }
    }
  }

  /** Puts a piece of the page at the end of the answer; an item of a list goes into the list opened last.
   * @param {HTMLElement} article @param {string} html */
  const append = (article, html) => {
    const piece = document.createElement("template");
    piece.innerHTML = html;
    const lists = article.querySelectorAll(".statements");
    const item = piece.content.firstElementChild?.tagName === "LI";
    (item ? lists[lists.length - 1] : article).append(piece.content);
  };

  /** @param {Asking} mine @param {string} status */
  const newArticle = (mine, status) => {
    const article = document.createElement("article");
    article.id = "answer";
    article.className = `answer answer-${status}`;
    article.setAttribute("aria-labelledby", "answer-heading");
    mine.article = article;
    mine.replaced = [...main.querySelectorAll("#answer, #problem")];
    for (const each of mine.replaced) each.remove();
    main.insertBefore(article, document.getElementById("ask"));
    return article;
  };

  /** Leaves the page as it was before the question: a form sent now would end on the browser's own page.
   * @param {Asking} mine @param {FormData} asked @param {HTMLElement | null} button */
  const stay = (mine, asked, button) => {
    mine.article?.replaceWith(...mine.replaced);
    const box = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("question"));
    // A question of a button, such as an example, was never in the box.
    if (box && !box.value.trim()) box.value = String(asked.get("question") || "");
    button?.focus({ preventScroll: true });
    say(LOST);
    document.getElementById("working")?.scrollIntoView({ block: "nearest" });
  };

  /** @param {Record<string, any>} told @param {HTMLElement} article */
  const finish = (told, article) => {
    const below = document.createElement("template");
    below.innerHTML = told.form;
    document.getElementById("ask")?.replaceWith(below.content);
    document.title = `${told.title} – AP Navigator`;
    article.removeAttribute("aria-busy");
    prepare();
    const points = told.answer.statements.length;
    const ready = points ? `The answer is ready: ${points} ${points === 1 ? "point" : "points"}.` : "The reply is ready.";
    say(ready, { unseen: true });
  };

  /** Asks, and shows each event as it comes. Throws when the stream breaks, is silent too long, or tells of an error.
   * @param {FormData} form @param {Asking} mine */
  const stream = async (form, mine) => {
    const { stop } = mine;
    let silence = setTimeout(() => stop.abort(), PATIENCE);
    /** @type {HTMLElement | null} */
    let article = null;
    try {
      const asking = fetch(new URL("api/ask/stream", document.baseURI), {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
        body: JSON.stringify(asRequest(form)),
        signal: stop.signal,
      });
      const before = keepable();
      const response = await asking;
      if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
      for await (const { name, told } of eventsOf(response.body)) {
        clearTimeout(silence);
        silence = setTimeout(() => stop.abort(), PATIENCE);
        if (name === "error") throw new Error(told.code);
        if (name === "status") {
          article = newArticle(mine, told.status);
          article.setAttribute("aria-busy", "true");
        }
        if (article && told.html) append(article, told.html);
        if (name === "status") document.getElementById("answer-heading")?.focus();
        if (name === "done" && article) {
          remember(before);
          finish(told, article);
          return;
        }
      }
      throw new Error("the stream ended early");
    } finally {
      clearTimeout(silence);
    }
  };

  /** Sends the form as a browser without script does, with the button that was pressed.
   * @param {HTMLFormElement} form @param {HTMLElement | null} button */
  const sendAsBefore = (form, button) => {
    say("");
    asBefore.add(form);
    // The form may have been replaced on the page by the answer that broke off.
    if (!form.isConnected) {
      form.hidden = true;
      document.body.append(form);
    }
    form.requestSubmit(button && form.contains(button) ? button : undefined);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-ask]") || asBefore.has(form)) return;
    if (!("requestSubmit" in form)) return;
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    const asked = new FormData(form);
    if (button?.name) asked.append(button.name, button.value);
    event.preventDefault();
    if (underWay) return; // a second press of the button
    /** @type {Asking} */
    const mine = { stop: new AbortController(), article: null, replaced: [] };
    underWay = mine;
    // Most answers are quicker than that, and then nothing flickers.
    const slow = setTimeout(() => say("Looking this up…"), 150);
    stream(asked, mine)
      .catch(() => {
        if (underWay !== mine) return;
        if (navigator.onLine) sendAsBefore(form, button);
        else stay(mine, asked, button);
      })
      .finally(() => {
        clearTimeout(slow);
        if (underWay === mine) underWay = null;
      });
  });

  // The back button: each answer is a step, kept in this page only.

  const keepable = () => ({ main: /** @type {Element} */ (main.cloneNode(true)), title: document.title });

  /** A step in the browser's history, made when the answer is whole: it takes a moment that nobody should wait for.
   * @param {{ main: Element, title: string }} before */
  const remember = (before) => {
    kept.set(shown, before);
    history.replaceState({ shown }, "");
    shown = Math.max(shown, ...kept.keys()) + 1;
    history.pushState({ shown }, "", location.pathname);
  };

  window.addEventListener("popstate", (event) => {
    const to = event.state?.shown;
    if (typeof to !== "number" || to === shown || !kept.has(to)) return;
    underWay?.stop.abort();
    underWay = null;
    kept.set(shown, keepable());
    shown = to;
    const then = /** @type {{ main: Element, title: string }} */ (kept.get(to));
    main.replaceChildren(.../** @type {Element} */ (then.main.cloneNode(true)).childNodes);
    document.title = then.title;
    say("");
    prepare();
    (document.getElementById("answer-heading") || main).focus();
  });

  // What needs script: copying and printing.

  const prepare = () => {
    const tools = document.getElementById("tools");
    if (tools) tools.hidden = false;
  };

  const PARTS = [
    "h1, h2, .meta, .opening, .part > p, .part > ul:not([class]) > li, .statement > p, .binding, .caution",
    ".cite > summary, .label, .card > p, .contacts p, .source-title, .printed",
  ].join();
  // Links that do something on the page, and nothing in a letter.
  const ONLY_HERE = "a[href='#situation'], .reach";

  /** @param {Element} part */
  const wordsOf = (part) => {
    const copy = /** @type {Element} */ (part.cloneNode(true));
    for (const link of copy.querySelectorAll(ONLY_HERE)) link.remove();
    return (copy.textContent || "").replace(/\s+/g, " ").trim();
  };

  /** The answer as plain text, with the address of every source. */
  const asText = () =>
    [...document.querySelectorAll("#answer")]
      .flatMap((article) => [...article.querySelectorAll(PARTS)])
      .filter((part) => !part.closest("form, .situation, .back, .follow, .after"))
      .map(wordsOf)
      .filter(Boolean)
      .join("\n");

  document.addEventListener("click", async (event) => {
    const does = event.target instanceof Element && event.target.closest("[data-does]")?.getAttribute("data-does");
    if (does === "print") window.print();
    if (does !== "copy") return;
    try {
      await navigator.clipboard.writeText(asText());
      say("The answer is copied.");
    } catch {
      say("Your browser did not allow copying. Select the words and copy them yourself.");
    }
  });

  window.addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll("#answer .working-out")) each.setAttribute("open", "");
  });
  // A page that comes back whole (the back button) must not think that it still waits.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    underWay = null;
    say("");
  });

  prepare();
})();
