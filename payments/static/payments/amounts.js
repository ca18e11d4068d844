// Amounts as people write them in their language, by the rules of `payments.money.read`.

import { _ } from "../words.js";

const SIGNS = { "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u066b": "," };
const ZEROS = [0x30, 0x660, 0x6f0, 0x966]; // of ASCII, Arabic, Persian and Hindi

/** The decimal string of what a field says; its `data-sign` is what stands before decimals. */
export function read({ value, dataset: { sign: own } }) {
  const plain = ungrouped(inAscii(value.trim()), own);
  const found = /^(\d{1,12})(?:([.,])(\d{1,6}))?$/.exec(plain);
  if (!found) throw new Error(_("Write the amount as %(example)s: digits, nothing between the thousands, and at most six digits behind the sign.", { example: `12${own}34` }));
  const [, whole, sign, decimals] = found;
  if (sign && sign !== own && /^[1-9]\d{0,2}[.,]\d{3}$/.test(plain)) {
    const values = { text: plain, large: `${whole}${decimals}`, small: `${whole}${own}${decimals}` };
    throw new Error(_("%(text)s can be read in two ways. Write %(large)s or %(small)s.", values));
  }
  return sign ? `${whole}.${decimals}` : whole;
}

function inAscii(text) {
  return Array.from(text, (one) => SIGNS[one] ?? digit(one.charCodeAt(0)) ?? one).join("");
}

function digit(code) {
  const zero = ZEROS.find((first) => code >= first && code < first + 10);
  return zero === undefined ? undefined : String(code - zero);
}

function ungrouped(text, own) {
  const other = own === "." ? "," : ".";
  if (/^[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d+)?$/.test(text)) return text.replaceAll(" ", "");
  const thousands = `[1-9]\\d{0,2}(?:[${other}]\\d{2,3})*[${other}]\\d{3}`; // in India 12,34,567
  const isGrouped = new RegExp(`^${thousands}[${own}]\\d+$`).test(text);
  return isGrouped ? text.replaceAll(other, "") : text;
}
