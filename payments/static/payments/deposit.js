// Paying in from a wallet of this browser: one signature (a permit) and one call, or, where that is
// no way, two calls. The server makes both; the wallet signs and sends.

import { _ } from "../words.js";
import { post } from "../posts.js";
import { read } from "./amounts.js";
import { account, choices, discover, isOn, lookAt, why } from "../wallets.js";

const CALLS = "/api/v1/deposits/calls/";
const PERMIT = "/api/v1/deposits/permit/";
const POLL_MS = 1000;
const POLLS = 180; // for the first of two calls to be mined
// No permit: the token takes none, the wallet is a contract, whose signature it would not take, or
// signs nothing of the kind (EIP-1193, JSON-RPC). Who refuses to sign is not asked for more.
const NO_PERMIT = new Set(["no_permits", "not_signed", 4200, -32601]);

const part = (id) => document.getElementById(id);
const root = part("deposit");
const status = part("deposit-status");

async function pay({ provider }, button) {
  button.setAttribute("aria-busy", "true");
  part("deposit-sent").hidden = true;
  status.textContent = _("Open your wallet and sign the message there.");
  try {
    show(await payIn(provider));
    status.textContent = "";
  } catch (error) {
    status.textContent = why(error);
  }
  button.removeAttribute("aria-busy");
}

function show(hash) {
  part("deposit-hash").textContent = hash;
  if (root.dataset.explorer) part("deposit-tx").href = root.dataset.explorer.replace("{hash}", hash);
  part("deposit-sent").hidden = false;
}

async function payIn(provider) {
  const amount = read(part("deposit-amount"));
  const owner = await account(provider);
  const chainId = Number(root.dataset.chain);
  if (!(await isOn(provider, chainId))) await lookAt(provider, chainId);
  const calls = await signed(provider, { purse: root.dataset.purse, amount, owner });
  let hash = "";
  for (const call of calls) {
    if (hash) await mined(provider, hash);
    const params = [{ from: owner, ...call }];
    hash = await provider.request({ method: "eth_sendTransaction", params });
  }
  return hash;
}

/** The calls that put the money in: one with a permit, else two. */
async function signed(provider, wanted) {
  try {
    return [await permitted(provider, wanted)];
  } catch (error) {
    if (!NO_PERMIT.has(error.code)) throw error;
  }
  return (await post(CALLS, wanted)).calls;
}

async function permitted(provider, wanted) {
  const { nonces } = await post(PERMIT, wanted);
  const used = await provider.request({ method: "eth_call", params: [nonces, "latest"] });
  const nonce = BigInt(used).toString();
  const { typed_data: permit } = await post(PERMIT, { ...wanted, nonce });
  const params = [wanted.owner, JSON.stringify(permit)];
  const signature = await provider.request({ method: "eth_signTypedData_v4", params });
  const deadline = permit.message.deadline;
  return (await post(PERMIT, { ...wanted, nonce, deadline, signature })).call;
}

async function mined(provider, hash) {
  for (let turn = 0; turn < POLLS; turn += 1) {
    const params = [hash];
    if (await provider.request({ method: "eth_getTransactionReceipt", params })) return;
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

const wallets = await discover();
part("deposit-wallets").replaceChildren(...choices(wallets, pay));
root.hidden = !wallets.length;
