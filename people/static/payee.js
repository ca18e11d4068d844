// Naming the wallet that pay goes to: the bank's question, asked from the wallet's pages.

import { _ } from "./words.js";
import { post } from "./posts.js";

const NAME = "/api/v1/wallet/";

/** Shows the button, which makes this address the one that pay goes to. */
export function offerPay(button, address, status) {
  button.hidden = false;
  button.onclick = async () => {
    button.setAttribute("aria-busy", "true");
    try {
      await post(NAME, { address }, "PUT");
      status.textContent = _("Your pay goes there.");
      button.hidden = true;
    } catch (error) {
      status.textContent = error.message;
    }
    button.removeAttribute("aria-busy");
  };
}
