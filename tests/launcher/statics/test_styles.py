"""Rules that no page can use are left out, and all others stay."""

from launcher.statics import styles

PAGE = '<main class="wide"><input type="text" aria-busy="true"><p class="note">word</p></main>'


def trimmed(style: str, *, page: str = PAGE) -> str:
    return styles.trimmed(style, sources=page, beside="")


def test_tags_classes_and_values_that_no_page_has_go():
    kept = trimmed("main{a:b}table{a:b}.wide{a:b}.narrow{a:b}[type=text]{a:b}[type=file]{a:b}")

    assert kept == "main{a:b}.wide{a:b}[type=text]{a:b}"


def test_of_several_selectors_those_stay_that_are_used():
    assert trimmed("main,table,p .note,p .other{a:b}") == "main,p .note{a:b}"


def test_a_word_of_a_text_is_no_tag():
    assert trimmed("word{a:b}p{a:b}") == "p{a:b}"


def test_what_a_page_cannot_say_is_not_asked_for():
    style = "p:hover{a:b}p::after{a:b}*{a:b}p:not(.other){a:b}:root{a:b}input:is(table,p){a:b}"

    assert trimmed(style) == style


def test_one_alternative_is_enough_and_none_is_too_few():
    assert trimmed(":is(table,p) main{a:b}:is(table,td) main{a:b}") == ":is(table,p) main{a:b}"


def test_inside_conditions_the_same_holds():
    assert trimmed("@media print{main{a:b}table{a:b}}@media x{table{a:b}}") == (
        "@media print{main{a:b}}"
    )


def test_variables_and_animations_that_nobody_reads_go():
    style = (
        ":root{--read:1;--unread:2;--chain:var(--unread)}p{a:var(--read);animation:turn 1s}"
        "@keyframes turn{to{a:b}}@keyframes idle{to{a:b}}"
    )

    assert trimmed(style) == (
        ":root{--read:1}p{a:var(--read);animation:turn 1s}@keyframes turn{to{a:b}}"
    )


def test_signs_inside_quotes_part_nothing():
    style = 'p::before{content:";";background:url("data:image/svg+xml;x,y")}'

    assert trimmed(style) == style


def test_squeezing_leaves_the_rules():
    assert styles.squeezed("/* a */\n.a > b,\n.c { d: e; f: 1px 2px; }\n") == (
        ".a > b,.c{d:e;f:1px 2px}"
    )
