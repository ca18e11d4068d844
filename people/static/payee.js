// Naming the wallet that pay goes to: the bank's question, asked from the wallet's pages.

import { _, moment } from "./words.js";
import { post } from "./posts.js";

const NAME = "/api/v1/wallet/";

/** Shows the button, which makes this address the one that pay goes to. */
export function offerPay(button, address, status) {
  button.hidden = false;
  button.onclick = async () => {
    button.setAttribute("aria-busy", "true");
    try {
      const { coming } = await post(NAME, { address }, "PUT");
      status.textContent = coming
        ? _("For your safety your pay goes there only from %(moment)s on.", {
            moment: moment(coming.usable_from),
          })
        : _("Your pay goes there.");
      status.classList.remove("wrong");
      button.hidden = true;
    } catch (error) {
      status.textContent = error.message;
      status.classList.add("wrong");
    }
    button.removeAttribute("aria-busy");
  };
}

/** The address as a node of the page: it leads to the network's explorer, where there is one. */
export function linked(address, url) {
  if (!url) return document.createTextNode(address);
  return Object.assign(document.createElement("a"), { href: url, rel: "noreferrer", textContent: address });
}
