//! Where the pane is: at the right, at the bottom, or nowhere.

use crate::model::{PaneWish, Side};

/// From this width on there is room for a pane at the right.
const WIDE: usize = 96;
/// Columns that programs get at least, beside a pane at the right.
const LEFT: usize = 40;
/// Columns of a pane at the right: at least, at most by itself.
const RIGHT: (usize, usize) = (32, 60);
/// What programs expect to have.
const USUAL: usize = 80;
/// Rows without which there is no pane at the bottom.
const HIGH: usize = 16;

/// A rectangle of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// First column.
    pub column: usize,
    /// First row.
    pub row: usize,
    /// Columns.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
}

/// How the terminal is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The whole.
    pub columns: usize,
    /// The whole.
    pub rows: usize,
    /// The programs' part begins in the upper left corner: columns, rows.
    pub left: (usize, usize),
    /// The pane.
    pub pane: Option<Area>,
    /// It is at the right; else at the bottom.
    pub at_right: bool,
}

impl Layout {
    /// For a terminal of this size.
    pub fn of(columns: usize, rows: usize, wish: PaneWish) -> Layout {
        let hidden = Layout { columns, rows, left: (columns, rows), pane: None, at_right: false };
        if !wish.on {
            return hidden;
        }
        let room_at_right = columns >= LEFT + 1 + RIGHT.0 && rows >= 8;
        let at_right = match wish.side {
            Side::Right => room_at_right,
            Side::Auto => columns >= WIDE && rows >= 8,
            Side::Bottom => false,
        };
        if at_right {
            let own = columns.saturating_sub(USUAL + 1).clamp(RIGHT.0 + 4, RIGHT.1);
            let wanted = if wish.width > 0 { usize::from(wish.width) } else { own };
            let width = wanted.clamp(RIGHT.0.min(wanted), columns - LEFT - 1);
            let left = columns - width - 1;
            let pane = Area { column: left + 1, row: 0, columns: width, rows };
            return Layout { left: (left, rows), pane: Some(pane), at_right: true, ..hidden };
        }
        if rows < HIGH || columns < 40 {
            return hidden;
        }
        // Narrow ones have less beside each other; the first row is a rule.
        let share = if columns < USUAL { 3 } else { 4 };
        let height = (rows / share).clamp(5, 12) + 1;
        let pane = Area { column: 0, row: rows - height, columns, rows: height };
        Layout { left: (columns, rows - height), pane: Some(pane), ..hidden }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pane_is_where_there_is_room() {
        let at = |columns, rows| Layout::of(columns, rows, PaneWish::default());
        assert!(at(120, 36).at_right && at(96, 24).at_right);
        assert_eq!(at(120, 36).left, (80, 36));
        assert_eq!(at(200, 50).left, (139, 50));
        let usual = at(80, 24);
        assert!(!usual.at_right && usual.pane.is_some());
        assert_eq!(usual.left, (80, 17));
        for (columns, rows) in [(40, 10), (0, 0), (1, 1), (200, 3), (39, 50)] {
            assert_eq!(at(columns, rows).pane, None, "{columns}x{rows}");
        }
    }

    #[test]
    fn no_wish_leaves_programs_without_room() {
        for columns in 0..220 {
            for rows in 0..60 {
                for side in [Side::Auto, Side::Right, Side::Bottom] {
                    for width in [0, 1, 20, 100, u16::MAX] {
                        let layout = Layout::of(columns, rows, PaneWish { on: true, side, width });
                        let Some(pane) = layout.pane else { continue };
                        assert!(pane.column + pane.columns <= columns && pane.row + pane.rows <= rows);
                        assert!(layout.left.0 >= 40 && layout.left.1 >= 8, "{columns}x{rows} {layout:?}");
                    }
                }
            }
        }
    }
}
