// Wallets that live in the browser: found by EIP-6963, or as window.ethereum in older ones, and
// asked to sign messages that the server made. No library: the wallet does all that is difficult.

import { _ } from "./words.js";
import { post, Refused } from "./posts.js";

const SETTLE_MS = 250; // that wallets have to say they are there
const REFUSED = 4001; // by the person (EIP-1193)
const PENDING = -32002; // the wallet's window is open already
const UNKNOWN_CHAIN = 4902;

/** Every wallet in this browser: [{ name, icon, provider }]. */
export async function discover() {
  const found = new Map();
  const note = ({ detail }) => found.set(detail.info.uuid, { ...detail.info, provider: detail.provider });
  addEventListener("eip6963:announceProvider", note);
  dispatchEvent(new Event("eip6963:requestProvider"));
  await new Promise((done) => setTimeout(done, SETTLE_MS));
  removeEventListener("eip6963:announceProvider", note);
  const wallets = [...found.values()];
  if (!wallets.length && globalThis.ethereum) {
    wallets.push({ name: _("Wallet in this browser"), icon: "", provider: globalThis.ethereum });
  }
  return wallets;
}

/** What a wallet's error means to its owner. */
export function why(error) {
  const code = error?.code ?? error?.data?.originalError?.code;
  if (code === REFUSED) return _("You refused in the wallet. Nothing was signed.");
  if (code === PENDING) return _("The wallet is waiting for you: open it and answer there.");
  if (error instanceof Refused) return error.message;
  return error?.message ? _("The wallet reports: %(why)s", { why: error.message }) : _("The wallet did not answer.");
}

/** The account that the wallet shows now; asks its owner if they have not let this site in. */
export async function account(provider) {
  const [address] = await provider.request({ method: "eth_requestAccounts" });
  if (!address) throw new Refused("no_account", _("The wallet shows no account."));
  return address;
}

/** { message, signature } of the account that the wallet shows now. */
export async function sign(provider, messageUrl) {
  const address = await account(provider);
  const { message } = await post(messageUrl, { address });
  const signature = await provider.request({
    method: "personal_sign",
    params: [hex(message), address],
  });
  const [now] = await provider.request({ method: "eth_accounts" });
  if (now?.toLowerCase() !== address.toLowerCase()) {
    throw new Refused("switched", _("The account was switched in the wallet. Start again."));
  }
  return { address, message, signature };
}

function hex(message) {
  const bytes = new TextEncoder().encode(message);
  return `0x${[...bytes].map((one) => one.toString(16).padStart(2, "0")).join("")}`;
}

/** True if the wallet looks at this network now. */
export async function isOn(provider, chainId) {
  return Number(await provider.request({ method: "eth_chainId" })) === chainId;
}

/** Asks the wallet to look at this network; its owner may refuse. */
export async function lookAt(provider, chainId) {
  const chain = `0x${chainId.toString(16)}`;
  try {
    await provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId: chain }] });
  } catch (error) {
    if (error?.code !== UNKNOWN_CHAIN) throw error;
    throw new Refused("unknown_chain", _("The wallet does not know this network yet. Add it there."));
  }
}

/** A list of buttons, one a wallet; `chosen` gets the one that is pressed. */
export function choices(wallets, chosen) {
  return wallets.map((wallet) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "outline wallet-choice";
    if (wallet.icon?.startsWith("data:image/")) {
      const icon = document.createElement("img");
      Object.assign(icon, { src: wallet.icon, alt: "", width: 24, height: 24 });
      button.append(icon);
    }
    button.append(wallet.name);
    button.addEventListener("click", () => chosen(wallet, button));
    return button;
  });
}
