//! A recording in asciicast v2 (docs.asciinema.org): the lesson typed at a human pace.

use super::Done;
use crate::lesson::format::{Item, Para, Step};
use crate::model::Turn;
use crate::ui::{self, Role, Style};
use serde_json::json;

const WIDTH: usize = 100;
const HEIGHT: usize = 32;
/// Seconds for a key, after a line, for a character of text to be read.
const KEY: f64 = 0.06;
const LINE: f64 = 1.5;
const READING: f64 = 0.03;

struct Film {
    now: f64,
    text: String,
}

impl Film {
    fn print(&mut self, text: &str) {
        let text = text.replace('\n', "\r\n");
        let event = json!([(self.now * 1000.0).round() / 1000.0, "o", text]);
        self.text.push_str(&format!("{}\n", ui::json(&event)));
    }

    fn wait(&mut self, seconds: f64) {
        self.now += seconds;
    }

    fn say(&mut self, para: &Para, style: &Style) {
        let shown = ui::paragraph("", &style.msg(&para.text), Role::Plain, style);
        self.print(&shown);
        self.wait(READING * shown.chars().count() as f64);
    }

    fn types(&mut self, line: &str, style: &Style) {
        self.print(&style.paint(Role::Head, "▸ "));
        self.wait(LINE / 2.0);
        for key in style.visible(line).chars() {
            self.print(&key.to_string());
            self.wait(KEY);
        }
        self.wait(LINE / 2.0);
        self.print("\n");
    }

    fn step(&mut self, step: &Step, turns: &[Turn], style: &Style) {
        self.print(&format!("\n{}\n", style.paint(Role::Head, &format!("── {} ", step.id))));
        let mut turns = turns.iter();
        for item in &step.items {
            match item {
                Item::Say(para) => self.say(para, style),
                Item::Run(command) => {
                    let Some(turn) = turns.next() else { continue };
                    self.types(if turn.line.is_empty() { &command.text } else { &turn.line }, style);
                    self.print(&ui::turn(turn, style));
                    self.wait(LINE);
                }
            }
        }
        for choice in &step.choices {
            self.say(&Para { line: choice.line, text: choice.text.clone() }, style);
        }
        for choice in step.choices.iter().filter(|choice| choice.right) {
            self.wait(LINE * 2.0);
            self.print(&ui::paragraph("✓ ", &style.msg(&choice.text), Role::Good, style));
            choice.feedback.iter().for_each(|para| self.say(para, style));
        }
    }
}

/// The file.
pub fn cast(all: &[Done], style: &Style) -> String {
    let style = Style { colour: true, utf8: true, width: Some(WIDTH), ..style.clone() };
    let title = all.iter().map(|done| ui::visible(done.lesson.title.get(style.lang))).collect::<Vec<_>>().join(", ");
    let head = json!({ "version": 2, "width": WIDTH, "height": HEIGHT, "title": title, "env": { "TERM": "xterm-256color" } });
    let mut film = Film { now: 0.0, text: ui::json(&head) + "\n" };
    for done in all {
        film.print(&format!("{}\n", style.paint(Role::Head, &style.msg(&done.lesson.title))));
        done.lesson.opening.iter().for_each(|para| film.say(para, &style));
        for (step, report) in done.lesson.steps.iter().zip(&done.report.steps) {
            film.step(step, &report.turns, &style);
        }
    }
    film.text
}
