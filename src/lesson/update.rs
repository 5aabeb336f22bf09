//! `replay --update`: writes anew what lines show and how they end, and nothing else.

use super::format::{Ends, Lesson};
use super::run::{Report, Wrong};
use super::symbols::Symbols;
use crate::model::Lang;
use crate::ui;

/// The file's text with the expectations that were not met replaced by what came; None where all were met.
pub fn updated(text: &str, lesson: &Lesson, report: &Report, lang: Lang) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    let mut symbols = Symbols::default();
    let mut changes = Vec::new();
    for (step, done) in lesson.steps.iter().zip(&report.steps) {
        for (command, turn) in step.commands().zip(&done.turns) {
            let wrong =
                report.failures().any(|(_, failed)| failed.line == command.line && !matches!(failed.wrong, Wrong::Assert(_)));
            let mut block = Vec::new();
            if !command.shows.is_empty() {
                symbols.know(&done.pids, turn);
                let output = symbols.of(&ui::plain_output(turn, lang));
                block.extend(output.lines().filter(|line| !line.trim().is_empty()).map(|line| format!("  {line}")));
            }
            let ends = Ends::of(&turn.end).written();
            block.extend((!ends.is_empty()).then(|| format!("  {ends}")));
            if wrong {
                changes.push((command.line, block));
            }
        }
    }
    if changes.is_empty() {
        return None;
    }
    // From the end on, so that the numbers of the lines before stay right.
    for (line, block) in changes.into_iter().rev() {
        let end = lines[line..].iter().position(|text| !text.starts_with("  ")).map_or(lines.len(), |more| line + more);
        lines.splice(line..end, block);
    }
    Some(lines.join("\n") + "\n")
}
