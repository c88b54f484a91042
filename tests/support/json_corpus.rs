// Texts on which JSON engines are known to differ, and what the core must make of each: `None` where it is no
// document, else the member `a`. `tests/json_native.rs` and `tests/web.rs` hold both engines to it.
use intelliauth_spa_sdk::core::base::json::Member;

pub fn corpus() -> Vec<(String, Option<Member>)> {
    let text = |s: &str| Some(Member::Text(s.to_owned()));
    let other = Some(Member::Other);
    let mut all: Vec<(String, Option<Member>)> = [
        (r#"{"a":"x"}"#, text("x")),
        (r#" {"a" : "x"} "#, text("x")),
        (r#"{"a":"first","a":"last"}"#, text("last")),
        (r#"{"a":"\u0041\n\/\"\\"}"#, text("A\n/\"\\")),
        (r#"{"a":"\ud83d\ude00"}"#, text("😀")),
        ("{\"a\":\"\u{2028}\u{7f}\"}", text("\u{2028}\u{7f}")),
        (r#"{"a":"\u0000"}"#, text("\0")),
        (r#"{"a":"\ud800"}"#, None),
        (r#"{"a":"\udc00\ud800"}"#, None),
        (r#"{"b":"\ud800","a":"x"}"#, None),
        (r#"{"\ud800":1,"a":"x"}"#, None),
        (r#"{"a":1e400}"#, other.clone()),
        (r#"{"a":-1e400}"#, other.clone()),
        (r#"{"b":1e400,"a":"x"}"#, text("x")),
        (r#"{"a":1e-400}"#, Some(Member::Number(0.0))),
        (r#"{"a":-0}"#, Some(Member::Number(0.0))),
        (r#"{"a":9007199254740993}"#, Some(Member::Number(9007199254740992.0))),
        (r#"{"a":123456789012345678901234567890}"#, Some(Member::Number(1.2345678901234568e29))),
        (r#"{"a":0.1}"#, Some(Member::Number(0.1))),
        (r#"{"a":01}"#, None),
        (r#"{"a":+1}"#, None),
        (r#"{"a":.5}"#, None),
        (r#"{"a":1.}"#, None),
        (r#"{"a":NaN}"#, None),
        (r#"{"a":Infinity}"#, None),
        (r#"{"a":true}"#, Some(Member::Bool(true))),
        (r#"{"a":null}"#, Some(Member::Missing)),
        (r#"{"a":{}}"#, other.clone()),
        (r#"{"a":[]}"#, Some(Member::Texts(vec![]))),
        (r#"{"a":["x","y"]}"#, Some(Member::Texts(vec!["x".into(), "y".into()]))),
        (r#"{"a":["x",1]}"#, other.clone()),
        (r#"{"__proto__":{"a":"x"}}"#, Some(Member::Missing)),
        (r#"{"__proto__":"x","constructor":{"prototype":{"a":"x"}}}"#, Some(Member::Missing)),
        (r#"{"toString":1}"#, Some(Member::Missing)),
        (r#"{}"#, Some(Member::Missing)),
        (r#"{"a":"x",}"#, None),
        (r#"{'a':'x'}"#, None),
        (r#"{a:"x"}"#, None),
        (r#"{"a":"x"} {}"#, None),
        (r#"{"a":"x"}//"#, None),
        (r#"{"a":"x"#, None),
        ("{\"a\":\"\n\"}", None),
        ("{\"a\":\"\t\"}", None),
        ("\u{feff}{\"a\":\"x\"}", None),
        ("\u{a0}{}", None),
        ("", None),
        ("null", None),
        ("[]", None),
        (r#"["a"]"#, None),
        (r#""a""#, None),
    ]
    .into_iter()
    .map(|(text, member)| (text.to_owned(), member))
    .collect();
    let deep = |depth: usize| format!(r#"{{"b":{}{},"a":"x"}}"#, "[".repeat(depth), "]".repeat(depth));
    all.push((deep(31), text("x")));
    all.push((deep(32), None));
    all.push((deep(100_000), None));
    let huge = "x".repeat(200_000);
    all.push((format!(r#"{{"a":"{huge}"}}"#), text(&huge)));
    all
}
