// The reader's own language: `_` for a sentence, `plural` for one that counts. The catalogue is the
// script that base.html loads first; without it the English of the code is shown.

const { said = {}, form = (count) => Number(count !== 1) } = globalThis.words || {};
// As the server writes numbers and times: in the language's way, with the digits 0 to 9.
const language = document.documentElement.lang || "en";
const locale = `${language === "en" ? "en-GB" : language}-u-nu-latn`;
const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 9 });
const hundredths = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const moments = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

export function number(value) {
  return numbers.format(value);
}

export function toHundredths(value) {
  return hundredths.format(value);
}

export function moment(iso) {
  return moments.format(new Date(iso));
}

function filled(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (hole, name) => {
    if (!(name in values)) return hole;
    return typeof values[name] === "number" ? number(values[name]) : String(values[name]);
  });
}

export function _(sentence, values = {}) {
  return filled(said[sentence] || sentence, values);
}

export function plural(one, many, count, values = {}) {
  const forms = said[one] || [one, many];
  return filled(forms[said[one] ? form(count) : Number(count !== 1)], { count, ...values });
}
