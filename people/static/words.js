// The reader's own language: `_` for a sentence, `plural` for one that counts. The catalogue is the
// script that base.html loads first; without it the English of the code is shown.

const { said = {}, form = (count) => Number(count !== 1) } = globalThis.words || {};
// As the server writes numbers: the language's separators, the digits 0 to 9.
const numbers = new Intl.NumberFormat(`${document.documentElement.lang || "en"}-u-nu-latn`);

export function number(value) {
  return numbers.format(value);
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
