//! How somebody wants the pane, remembered from session to session: `$XDG_STATE_HOME/boxlab/pane`.

use crate::model::PaneWish;
use crate::repl::history::state_file;

/// The wish; the usual one where none was kept or it cannot be read.
pub fn load() -> PaneWish {
    let text = state_file("pane").and_then(|file| std::fs::read_to_string(file).ok());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Keeps it; where that cannot be done, it holds for this session.
pub fn save(wish: PaneWish) {
    if let (Some(file), Ok(text)) = (state_file("pane"), serde_json::to_string(&wish)) {
        let _ = std::fs::write(file, text);
    }
}
