//! A backup dies, and an older or newer one stands whole; a restore dies, and its folder is there whole or not at all.

use tests::hall::{on_postgres, restoring};
use tests::stage::{Stage, cards, unique};

use crate::points::{BACKUP, RESTORE};

fn backed_up(story: &str) -> Stage {
    let stage = Stage::new(story);
    stage.hall.make_backup_key();
    let _ = stage.hall.issue("full_name\nAna Novak\n");
    stage.hall.publish("public");
    stage.hall.back_up("city.backup", "keys.backup");
    stage
}

fn arguments(to: &str) -> [&str; 10] {
    restoring("city.backup", "keys.backup", to)
}

#[test]
fn a_backup_that_dies_leaves_one_that_restores() {
    if on_postgres() {
        return;
    }
    let stage = backed_up("crash_backup");
    for (round, point) in BACKUP.iter().enumerate() {
        let _ = stage.hall.issue(&format!("full_name\nResident {round}\n"));
        stage.dies(point, &["backup", "city.backup"]);
        stage.whole();
        let to = format!("restored-{round}");
        stage.hall.issuer(&arguments(&to)).good();
        let newer = *point == "backup.placed";
        assert_eq!(cards(&stage.hall, &to).len(), if newer { round + 2 } else { round + 1 }, "{point}");
        stage.hall.issuer(&["backup", "city.backup"]).good();
    }
}

#[test]
fn a_restore_that_dies_leaves_the_whole_folder_or_none() {
    if on_postgres() {
        return;
    }
    let stage = backed_up("crash_restore");
    for (round, point) in RESTORE.iter().enumerate() {
        let to = format!("restored-{round}");
        stage.dies(point, &arguments(&to));
        let placed = *point == "restore.placed";
        assert_eq!(stage.hall.file(&to).exists(), placed, "{point}");
        if !placed {
            stage.hall.issuer(&arguments(&to)).good();
        }
        // No destroy-by key comes back from a backup, which `retention verify` says.
        stage.hall.in_city(&to, &["audit", "verify"]).good();
        unique(&stage.hall, &to);
        let used: Vec<_> = cards(&stage.hall, "city").into_iter().map(|card| card.status_list_id).collect();
        stage.hall.write("new.csv", "full_name\nBo Ek\n");
        stage.hall.in_city(&to, &["issue", "--batch", "new.csv", "--out", "new.pdf"]).good();
        let new = cards(&stage.hall, &to).pop().unwrap();
        assert!(!used.contains(&new.status_list_id), "{point}: a place of before");
    }
    stage.whole();
}
