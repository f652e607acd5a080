//! Measures how many audited writes a second a database takes from one program, by how many come at once:
//! `cargo run -p issuer --example writes -- sqlite:/tmp/writes.db [SECONDS]`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use issuer::db::act::{Act, Actor, SubjectKind};
use issuer::db::audit::NewAuditEntry;
use issuer::db::{Database, DatabaseUrl, DbError};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let url = DatabaseUrl::parse(&arguments.next().unwrap_or_else(|| "sqlite:writes.db".to_owned()))?;
    let seconds = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let db = Database::open(&url)?;
    db.migrate()?;
    for writers in [1, 8, 50] {
        measure(&db, writers, Duration::from_secs(seconds))?;
    }
    Ok(())
}

fn measure(db: &Database, writers: usize, time: Duration) -> Result<(), DbError> {
    let (done, began) = (AtomicUsize::new(0), Instant::now());
    let mut waits = std::thread::scope(|scope| {
        let each = || {
            let mut waits = Vec::new();
            while began.elapsed() < time {
                let asked = Instant::now();
                view(db)?;
                waits.push(asked.elapsed());
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, DbError>(waits)
        };
        let threads: Vec<_> = (0..writers).map(|_| scope.spawn(each)).collect();
        let waits: Result<Vec<_>, _> =
            threads.into_iter().map(|thread| thread.join().unwrap_or(Ok(Vec::new()))).collect();
        waits.map(|waits| waits.concat())
    })?;
    waits.sort_unstable();
    let rate = done.into_inner() / usize::try_from(time.as_secs()).unwrap_or(1).max(1);
    let at = |hundredths: usize| waits.get(waits.len() * hundredths / 100).copied().unwrap_or_default();
    println!(
        "{writers} at once: {rate} writes a second; half within {:.1?}, 99 % within {:.1?}",
        at(50),
        at(99)
    );
    Ok(())
}

/// What every page of the desk writes: that it was looked at.
fn view(db: &Database) -> Result<(), DbError> {
    db.write(|tx| {
        tx.audit(NewAuditEntry {
            at: issuer::edge::now(),
            actor: Actor::command_line("desk-1"),
            act: Act::BatchOpened,
            subject_kind: SubjectKind::Batch,
            subject: "card".to_owned(),
            reason: None,
        })?;
        Ok(())
    })
}
