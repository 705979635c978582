"""printf: verbs, flags, widths and the words for mistakes, as Go's fmt package writes them."""

import pytest

from mfo_dialect.templates import render

ROWS = [
    ('"%5.1f|%-8q|%+d"', '3.14159 "a" 5', '  3.1|"a"     |+5'),
    ('"%x|% x|%#x|%X"', '"hi" "hi" 255 "hi"', "6869|68 69|0xff|6869"),
    ('"%08.3f|%06d|%-6d|"', "-3.5 -42 42", "-003.500|-00042|42    |"),
    ('"%e|%G|%.3g|%.2e"', "123456.0 1e-10 1234.5678 12345.678", "1.234560e+05|1E-10|1.23e+03|1.23e+04"),
    ('"%o %O %#o %b %#b"', "8 8 8 5 5", "10 0o10 010 101 0b101"),
    ('"%c|%q|%U|%#U"', "65 65 65 9731", "A|'A'|U+0041|U+2603 '☃'"),
    ('"%t %v %5t"', "true false true", "true false  true"),
    ('"%s %.2s %5.1s|"', '"hello" "héllo" "abc"', "hello hé     a|"),
    ('"%q %+q %#q"', '"a\\"☃" "☃" "x"', '"a\\"☃" "\\u2603" `x`'),
    ('"%v %+v %#v"', "1.5 1.5 1.0", "1.5 1.5 1"),
    ('"%v %.1f"', "1+2i 1+2i", "(1+2i) (1.0+2.0i)"),
    ('"%x %.3x %b"', "3.5 1.0 1.0", "0x1.cp+01 0x1.000p+00 4503599627370496p-52"),
    ('"%#g %#.3g %#x"', "1.0 2.0 3", "1.00000 2.00 0x3"),
    ('"% d|% d|%+.1f"', "5 -5 2.0", " 5|-5|+2.0"),
    ('"%6.3d|%.0d|"', "7 0", "   007||"),
    ('"%*d|%-*d|%.*f"', "5 1 5 1 2 3.14159", "    1|1    |3.14"),
    ('"%[2]d %[1]d"', "1 2", "2 1"),
    ('"%T %T %T %T"', 'nil 1.0 true (index "a" 0)', "<nil> float64 bool uint8"),
    ('"%v|%6v|%-6v|"', "nil nil nil", "<nil>| <nil>|<nil> |"),
    ('"%d %s %%"', "1 2", "1 %!s(int=2) %"),
    ('"%d"', '"x"', "%!d(string=x)"),
    ('"%z"', "1", "%!z(int=1)"),
    ('"%s"', "nil", "%!s(<nil>)"),
    ('"%t"', "1.5", "%!t(float64=1.5)"),
    ('"%d"', "", "%!d(MISSING)"),
    ('"%d"', "1 2 nil", "1%!(EXTRA int=2, <nil>)"),
    ('"%[3]d"', "1", "%!d(BADINDEX)"),
    ('"%*d"', '"a" 1', "%!(BADWIDTH)1"),
    ('"50%"', "", "50%!(NOVERB)"),
]


@pytest.mark.parametrize(("form", "values", "expected"), ROWS, ids=[row[0] + row[1] for row in ROWS])
def test_printf(form, values, expected):
    assert render(f"{{{{printf {form} {values}}}}}", None) == expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("%v", "map[l:[1 a <nil>] x:2.5]"),
        ("%#v", 'map[string]interface {}{"l":[]interface {}{1, "a", interface {}(nil)}, "x":2.5}'),
        ("%d", "map[%!d(string=l):[1 %!d(string=a) <nil>] %!d(string=x):%!d(float64=2.5)]"),
        ("%T", "map[string]interface {}"),
    ],
)
def test_lists_and_maps(form, expected):
    assert render(f'{{{{printf "{form}" .}}}}', {"x": 2.5, "l": [1, "a", None]}) == expected
