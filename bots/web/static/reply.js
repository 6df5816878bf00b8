// Copying, and an e-mail of what stands in the box now. The page works without this.
(() => {
  const box = document.getElementById("text");
  const copy = document.getElementById("copy");
  const mail = document.getElementById("mail");
  const status = document.getElementById("reply-status");
  if (!box || !copy || !status) return;

  const LONGEST = 1900;
  copy.hidden = false;
  copy.type = "button";
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(box.value);
      status.textContent = "Copied.";
    } catch {
      box.focus();
      box.select();
      status.textContent = "The reply is selected: copy it with your keyboard or menu.";
    }
  });

  if (mail) {
    mail.addEventListener("click", () => {
      const start = "mailto:?subject=" + encodeURIComponent(mail.dataset.subject);
      const whole = start + "&body=" + encodeURIComponent(box.value.replace(/\r?\n/g, "\r\n"));
      mail.href = whole.length <= LONGEST ? whole : start;
      if (mail.href === start) status.textContent = "Too long for an e-mail link: copy the reply and paste it.";
    });
  }
})();
