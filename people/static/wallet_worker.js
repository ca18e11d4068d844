// Makes a wallet, locks it into a file, and signs with it, off the page's own thread: scrypt keeps a
// slow phone busy for a while. The key lives in this worker alone and ends with it; only the words
// (to be written down) and the locked file leave it, to the page.

let ethers = null;
let wallet = null;

const SCRYPT = { N: 32768, r: 8, p: 1 };

async function make({ library, password }) {
  ethers ??= await import(library);
  wallet = ethers.HDNodeWallet.createRandom();
  const { address, privateKey, path, mnemonic } = wallet;
  const account = { address, privateKey, mnemonic: { path, locale: "en", entropy: mnemonic.entropy } };
  const progressCallback = (share) => postMessage({ progress: Math.round(share * 100) });
  const options = { scrypt: SCRYPT, progressCallback };
  const locked = await ethers.encryptKeystoreJson(account, password, options);
  const words = wallet.mnemonic.phrase.split(" ");
  return { address: wallet.address, words, keystore: standard(locked) };
}

// The library writes `Crypto`; the standard has `crypto`, and some wallets take it to the letter.
function standard(locked) {
  const { Crypto: crypto, ...rest } = JSON.parse(locked);
  return JSON.stringify({ ...rest, crypto });
}

async function sign({ message }) {
  return { signature: await wallet.signMessage(message) };
}

const verbs = { make, sign };

onmessage = async ({ data }) => {
  try {
    postMessage({ done: await verbs[data.verb](data) });
  } catch (error) {
    postMessage({ failed: String(error.message || error) });
  }
};
