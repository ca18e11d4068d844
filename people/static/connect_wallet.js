// Connects a wallet of this browser: it signs the server's message, and is its owner's from then on.

import { _ } from "./words.js";
import { linked, offerPay } from "./payee.js";
import { post } from "./posts.js";
import { choices, discover, isOn, lookAt, sign, why } from "./wallets.js";

const root = document.getElementById("connect");
const part = (id) => document.getElementById(id);
const status = part("connect-status");
const chainId = Number(root.dataset.chainId);

let connected = null; // the wallet that has signed
const watched = new Set(); // wallets whose changes this page hears of
let shown = ""; // the address that it has signed with

async function look() {
  status.textContent = _("Looking for wallets…");
  const wallets = await discover();
  part("wallets").replaceChildren(...choices(wallets, connect));
  status.textContent = wallets.length
    ? ""
    : _("There is no wallet in this browser. On a phone, open this page in the browser of your wallet's app.");
}

async function connect(wallet, button) {
  button.setAttribute("aria-busy", "true");
  part("connected").hidden = true;
  status.textContent = _("Open your wallet and sign the message there.");
  try {
    const { message, signature } = await sign(wallet.provider, root.dataset.message);
    const { address, explorer_url: url } = await post(root.dataset.prove, { message, signature });
    status.textContent = "";
    connected = wallet.provider;
    shown = address;
    part("connected-address").replaceChildren(linked(address, url));
    part("connected").hidden = false;
    offerPay(part("pay-here"), address, status);
    watch(wallet.provider);
    await checkNetwork();
  } catch (error) {
    status.textContent = why(error);
  }
  button.removeAttribute("aria-busy");
}

function watch(provider) {
  if (watched.has(provider)) return;
  watched.add(provider);
  provider.on?.("accountsChanged", ([now]) => {
    if (provider !== connected || now?.toLowerCase() === shown.toLowerCase()) return;
    part("connected").hidden = true;
    status.textContent = now
      ? _("The wallet shows another account now. Connect again if you want that one.")
      : _("The wallet is disconnected.");
  });
  provider.on?.("chainChanged", () => {
    if (provider === connected) checkNetwork().catch(() => {});
  });
}

async function checkNetwork() {
  const isRight = await isOn(connected, chainId);
  part("other-network").hidden = isRight;
  part("other-network-words").textContent = _(
    "Your wallet shows another network. The address is the same on all of them, but you will see your pay only on %(network)s.",
    { network: root.dataset.network },
  );
}

part("look-again").addEventListener("click", look);
part("switch-network").addEventListener("click", async () => {
  try {
    await lookAt(connected, chainId);
    status.textContent = "";
    await checkNetwork();
  } catch (error) {
    status.textContent = why(error);
  }
});
look();
