"""A browser and the server count the same texts in a requester's markup."""

import random

from labeling.answers import hypertext
from tests.labeling.answers.test_hypertext import HOSTILE, PIECES

READ = """(markups) => {
  const path = (node, root) => {
    if (node === root) return "";
    const alike = [...node.parentNode.childNodes].filter((one) => one.nodeName === node.nodeName);
    const name = node.nodeType === Node.TEXT_NODE ? "text()" : node.localName;
    return `${path(node.parentNode, root)}/${name}[${alike.indexOf(node) + 1}]`;
  };
  return markups.map((markup) => {
    const root = new DOMParser().parseFromString(markup, "text/html").body;
    const walker = document.createTreeWalker(root);
    const nodes = [];
    let text = "";
    while (walker.nextNode()) {
      const node = walker.currentNode;
      text += node.localName === "br" ? "\\n" : node.data ?? "";
      if (node.nodeType === Node.TEXT_NODE) nodes.push([path(node, root), node.data]);
    }
    return { text, nodes };
  });
}"""


def test_both_read_the_same_texts_at_the_same_paths(page):
    chance = random.Random(7)
    markups = [*HOSTILE, "<p>a<br>b</p>c", "<pre>\n\na</pre>", "  <p>x</p> "]
    markups += ["".join(chance.choices(PIECES, k=chance.randrange(1, 25))) for _ in range(300)]
    cleaned = [hypertext.clean(markup) for markup in markups]

    found = page.evaluate(READ, cleaned)

    for markup, seen in zip(markups, found, strict=True):
        mine = hypertext.document(markup)
        assert seen["text"] == mine.text, markup
        assert seen["nodes"] == [[node.path, node.text] for node in mine.nodes], markup
