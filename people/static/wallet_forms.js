// Signing in, joining and confirming with a wallet: `<form data-wallet="/address of the message/">`
// with hidden `message` and `signature`. The button `data-go` looks for wallets, and sends the form
// once one of them has signed.

import { _ } from "./words.js";
import { choices, discover, sign, why } from "./wallets.js";

async function signAndSend(form, wallet, button, status) {
  button.setAttribute("aria-busy", "true");
  status.textContent = _("Open your wallet and sign the message there.");
  try {
    const { message, signature } = await sign(wallet.provider, form.dataset.wallet);
    form.elements.message.value = message;
    form.elements.signature.value = signature;
    form.submit();
  } catch (error) {
    status.textContent = why(error);
    button.removeAttribute("aria-busy");
  }
}

for (const form of document.querySelectorAll("form[data-wallet]")) {
  const button = form.querySelector("[data-go=wallet]");
  const status = form.querySelector("[data-status=wallet]");
  const list = form.querySelector("[data-list=wallets]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    status.textContent = "";
    const wallets = await discover();
    const go = (wallet, pressed) => signAndSend(form, wallet, pressed, status);
    if (!wallets.length) {
      status.textContent = _("There is no wallet in this browser. Open this page in the browser of your wallet's app.");
    } else if (wallets.length === 1) {
      await go(wallets[0], button);
    } else {
      list.replaceChildren(...choices(wallets, go));
    }
  });
}
