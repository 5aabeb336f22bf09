//! JUnit's XML, which continuous integration reads: a suite for each lesson, a case for each step.

use super::{Done, escaped, in_words};
use crate::lesson::run::Outcome;
use crate::model::Lang;

/// The document.
pub fn junit(all: &[Done], lang: Lang) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"boxlab replay\">\n");
    for Done { file, lesson, report } in all {
        let failed = report.steps.iter().filter(|step| matches!(step.outcome, Outcome::Failed(_))).count();
        let skipped = report.skips().count();
        text.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" skipped=\"{skipped}\" time=\"{:.3}\">\n",
            escaped(&lesson.id),
            report.steps.len().max(skipped),
            report.took.as_secs_f64(),
        ));
        if let Some(why) = &report.skipped {
            let why = escaped(why.get(lang));
            text.push_str(&format!(
                "    <testcase name=\"{0}\" classname=\"{0}\"><skipped message=\"{why}\"/></testcase>\n",
                escaped(&lesson.id)
            ));
        }
        for step in &report.steps {
            let head = format!(
                "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\"",
                escaped(&step.id),
                escaped(&lesson.id),
                escaped(file),
                step.line
            );
            match &step.outcome {
                Outcome::Held => text.push_str(&format!("{head}/>\n")),
                Outcome::Skipped(why) => {
                    text.push_str(&format!("{head}><skipped message=\"{}\"/></testcase>\n", escaped(why.get(lang))))
                }
                Outcome::Failed(failures) => {
                    text.push_str(&format!("{head}>\n"));
                    for one in failures {
                        let message = escaped(&format!("{file}:{} {}", one.line, one.text));
                        text.push_str(&format!(
                            "      <failure message=\"{message}\">{}</failure>\n",
                            escaped(&in_words(one, lang))
                        ));
                    }
                    text.push_str("    </testcase>\n");
                }
            }
        }
        text.push_str("  </testsuite>\n");
    }
    text + "</testsuites>\n"
}
