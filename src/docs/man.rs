//! The page of the manual, in the macros of man(7): `boxlab docs man | man -l -`.

use crate::command::{Card, FOLDERS};

/// The whole page, in English.
pub fn man() -> String {
    let mut page = format!(
        ".TH BOXLAB 1 \"\" \"boxlab {}\" \"User Commands\"\n\
         .SH NAME\nboxlab \\- a bench for Linux containers: each command is one kernel primitive, acting on a real process\n",
        env!("CARGO_PKG_VERSION")
    );
    page += ".SH SYNOPSIS\n";
    for line in [
        "\\fBboxlab\\fR [\\fB\\-\\-lang\\fR en|zh]",
        "\\fBboxlab\\fR [\\fB\\-\\-json\\fR] [\\fB\\-\\-stop\\fR] \\fB\\-c\\fR \\fILINES\\fR | \\fIFILE\\fR",
        "\\fBboxlab replay\\fR \\fIFILE\\fR...",
        "\\fBboxlab doctor\\fR [\\fB\\-\\-json\\fR]",
    ] {
        page += &format!("{line}\n.br\n");
    }
    page += ".SH DESCRIPTION\n\
        Each line is carried out on the subject, a process of its own, which is watched from outside while it changes. What is printed is what \
        the kernel did: the system calls as strace(1) writes them, what changed, and what did not.\n\
        Lines come from a prompt, from \\fB\\-c\\fR (\\(oq;\\(cq or newline separate), from \\fIFILE\\fR, or from standard input.\n";
    for folder in FOLDERS {
        page += &format!(".SH {}\n", text(&folder.title.en.to_uppercase()));
        folder.cards.iter().for_each(|card| page += &entry(card));
    }
    page += ".SH EXIT STATUS\n.TP\n0\nEvery line did what it says.\n.TP\n1\nA line failed; the rest ran all the same (unless \\fB\\-\\-stop\\fR).\n\
        .TP\n2\nWrong usage, or a file that cannot be read.\n";
    page += ".SH ENVIRONMENT\n.TP\nLC_ALL, LC_MESSAGES, LANG\nThe language of the texts.\n.TP\nNO_COLOR\nNo colours.\n\
        .TP\nXDG_STATE_HOME\nThe lines of earlier sessions are in boxlab/history below it.\n\
        .TP\nBOXLAB_SWEEP\n\\fBno\\fR: a session does not begin with clearing up what killed ones left.\n\
        .TP\nBOXLAB_SESSION\nSet for all programs of a session: the PID of its first process.\n";
    page += ".SH SEE ALSO\nunshare(1), nsenter(1), lsns(1), strace(1), namespaces(7), cgroups(7), capabilities(7)\n";
    page
}

fn entry(card: &Card) -> String {
    let mut entry = format!(".TP\n\\fB{}\\fR\n{}\n", text(&card.usage()), text(card.summary.en));
    let mut facts: Vec<String> = Some(card.primitive.name()).filter(|name| !name.is_empty()).into_iter().collect();
    facts.extend(card.man.iter().map(ToString::to_string).filter(|page| *page != card.primitive.name()));
    if !facts.is_empty() {
        entry += &format!("({})\n", text(&facts.join(", ")));
    }
    entry
}

/// What roff would take for a request or an escape.
fn text(plain: &str) -> String {
    let escaped = plain.replace('\\', "\\e").replace('-', "\\-").replace('…', "...");
    if escaped.starts_with(['.', '\'']) { format!("\\&{escaped}") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_request_that_is_not_meant_so() {
        assert_eq!(text(".br"), "\\&.br");
        let requests = [".TH", ".SH", ".TP", ".br"];
        let lines = man();
        let odd: Vec<&str> =
            lines.lines().filter(|line| line.starts_with('.') && !requests.iter().any(|known| line.starts_with(known))).collect();
        assert!(odd.is_empty(), "{odd:?}");
    }
}
