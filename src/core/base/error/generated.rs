//! What is made from the table, for JavaScript and for readers; `npm run generate` writes it anew.

use super::{Row, TABLE};

/// Fills a text. Both modules have it, because chunks that share a module are one more request in a row.
const FILLED: &str = r#"
/** `{name}` stands for a detail; what stands in brackets is left out where its last detail is not known. */
const filled = (text: string, details: Readonly<Record<string, string | undefined>>): string =>
  text
.replace(/\[([^\]]*\{(\w+)\}.*?)\]/g, (_, part: string, name: string) => (name in details ? part : ''))
.replace(/\{(\w+)\}/g, (_, name: string) => details[name] ?? '(unknown)');
"#;

const MESSAGE_OF: &str = r#"
export const messageOf = (code: keyof typeof messages, details: Readonly<Record<string, string>>): string =>
  filled(messages[code], details);
"#;

/// Follows the hint where the detail `callback` says that the callback is spent.
const SPENT: &str =
    "This callback cannot be answered again: start the sign-in again, with loginWithRedirect().";

const HINT_OF: &str = r#"
export function hintOf({ code, details }: IntelliAuthError): string {
  const own = (hintsByCheck as Record<string, Record<string, string>>)[code];
  const hint = filled(own?.[details['check'] ?? ''] ?? hints[code], details);
  return details['callback'] === 'spent' ? `${hint} ${spent}` : hint;
}
"#;

/// A module of one text for each code.
fn typescript(imports: &str, name: &str, text: fn(&Row) -> &str) -> String {
    let mut module = format!(
        "// Made from src/core/base/error/table.rs by `npm run generate`; a test keeps the two alike.\n\
         {imports}export const {name} = {{\n"
    );
    for row in TABLE {
        module += &format!("  {}: {:?},\n", row.code, text(row));
    }
    module + "} as const;\n"
}

fn messages() -> String {
    typescript("", "messages", |row| row.summary) + FILLED + MESSAGE_OF
}

/// The details that `text` names, and whether it names them in any case.
fn named(text: &str) -> Vec<(&str, bool)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('{') {
        let (before, rest) = text.split_at(at);
        let Some((name, _)) = rest[1..].split_once('}') else { continue };
        let certain = before.matches('[').count() == before.matches(']').count();
        if name.chars().all(char::is_alphanumeric) && !found.iter().any(|(known, _)| *known == name) {
            found.push((name, certain));
        }
    }
    found
}

/// The type of each code's details: what the message names is there, what else is named may be.
fn details() -> String {
    let mut interface = String::from(
        "\n/** What an error's `details` hold, by its code. */\nexport interface ErrorDetails {\n",
    );
    for row in TABLE {
        let mut members = named(row.summary);
        let hints = row.hints.iter().map(|(_, hint)| *hint).chain([row.hint]);
        for (name, _) in hints.flat_map(named) {
            if !members.iter().any(|(known, _)| *known == name) {
                members.push((name, false));
            }
        }
        let members: Vec<String> = members
            .iter()
            .map(|(name, certain)| format!("readonly {name}{}: string", if *certain { "" } else { "?" }))
            .collect();
        interface += &format!("  {}: {{ {} }};\n", row.code, members.join("; ")).replace("{  }", "object");
    }
    interface + "}\n"
}

fn hints() -> String {
    let import = "import type { IntelliAuthError } from './errors.js';\n\n";
    let mut module = typescript(import, "hints", |row| row.hint);
    module += &details();
    module += "\n/** Instead of the code's, where the detail `check` is this. */\nconst hintsByCheck = {\n";
    for row in TABLE.iter().filter(|row| !row.hints.is_empty()) {
        module += &format!("  {}: {{\n", row.code);
        for (check, hint) in row.hints {
            module += &format!("    {check}: {hint:?},\n");
        }
        module += "  },\n";
    }
    module += "} as const;\n\n/** Follows the hint where the detail `callback` is this. */\n";
    module += &format!("const spent = {SPENT:?};\n");
    module + FILLED + HINT_OF
}

/// The codes that may succeed later: of the testing kit alone, because the client's wasm says it of each error.
fn transient() -> String {
    let codes: Vec<_> =
        TABLE.iter().filter(|row| row.transient).map(|row| format!("  '{}',\n", row.code)).collect();
    format!(
        "// Made from src/core/base/error/table.rs by `npm run generate`; a test keeps the two alike.\n\
         import type {{ ErrorCode }} from './errors.js';\n\n\
         /** Errors after which the same call may succeed with nothing changed. */\n\
         export const transient: ReadonlySet<ErrorCode> = new Set<ErrorCode>([\n{}]);\n",
        codes.concat()
    )
}

fn markdown() -> String {
    let mut text = String::from(
        "# Errors\n\n<!-- Made from src/core/base/error/table.rs by `npm run generate`. -->\n\n\
         Every error is an `IntelliAuthError`. `code`, `message`, `transient`, `details` and `cause` are there at once. \
         `hint` is empty until its text is loaded, which begins when the error is made; `await error.explain()` waits \
         for it. \
         *Again* is `transient`: whether the same call may succeed later with nothing changed. A callback can be \
         answered only once: if its `details` say `callback: 'spent'`, `transient` is false, and the hint says to \
         start the sign-in again. \
         `{name}` stands for the detail `name`. Text in brackets is left out if its details are not known.\n\n\
         | code | again | what happened | what to do |\n|---|---|---|---|\n",
    );
    for row in TABLE {
        let again = if row.transient { "yes" } else { "no" };
        // An address for each: devtools link to it.
        let code = row.code;
        text += &format!("| <a id=\"{code}\"></a>`{code}` | {again} | {} | {} |\n", row.summary, row.hint);
        for (check, hint) in row.hints {
            text += &format!("| | | `check` is `{check}` | {hint} |\n");
        }
    }
    text
}

#[test]
fn generated_files_match_the_table() {
    for (path, made) in [
        ("js/errors.messages.ts", messages()),
        ("js/errors.hints.ts", hints()),
        ("js/errors.transient.ts", transient()),
        ("docs/errors.md", markdown()),
    ] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if std::env::var_os("GENERATE").is_some() {
            std::fs::write(&path, &made).unwrap();
        }
        let held = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(held == made, "{} is stale: run `npm run generate`", path.display());
    }
}

#[test]
fn codes_are_unique() {
    let codes: std::collections::HashSet<_> = TABLE.iter().map(|row| row.code).collect();
    assert_eq!(codes.len(), TABLE.len());
}
