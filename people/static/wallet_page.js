// The wallets' page: where pay goes now, and a button at each proved wallet that sends it there.

import { _, moment } from "./words.js";
import { linked, offerPay } from "./payee.js";

const part = (id) => document.getElementById(id);
const answer = await fetch("/api/v1/wallet/", { headers: { Accept: "application/json" } });
const { used, coming } = answer.ok ? await answer.json() : {};

part("paid-to").hidden = !answer.ok;
if (used) part("paid-to-now").replaceChildren(code(used));
else part("paid-to-now").textContent = _("Nowhere yet: you have named no wallet.");
part("paid-to-soon").hidden = !coming;
if (coming) {
  const soon = moment(coming.usable_from);
  part("paid-to-soon").replaceChildren(_("From %(moment)s on:", { moment: soon }), " ", code(coming));
}
for (const button of document.querySelectorAll("[data-pay-to]")) {
  const address = button.dataset.payTo;
  if (![used?.address, coming?.address].includes(address)) offerPay(button, address, part("wallet-status"));
}

function code({ address, explorer_url: url }) {
  const shown = Object.assign(document.createElement("code"), { className: "address", dir: "ltr" });
  shown.append(linked(address, url));
  return shown;
}
