//! Writes a folder with a batch of invented residents and drawn photos, to try batches with:
//! `cargo run --release -p issuer --example residents -- FOLDER COUNT`.

use std::fmt::Write as _;
use std::path::PathBuf;

use issuer::card::portrait;

const GIVEN: [&str; 8] = ["Ana", "Bo", "Chidi", "Daria", "Elif", "Farid", "Grete", "Hông"];
const FAMILY: [&str; 7] = ["Novak", "Müller", "Okafor", "Ferreira", "Yılmaz", "Nguyễn", "Ó Briain"];

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "residents".into()));
    let count: u64 = match arguments.next() {
        Some(count) => count.to_string_lossy().parse()?,
        None => 500,
    };
    std::fs::create_dir_all(&folder)?;
    let mut csv = "full_name,birth_date,photo\n".to_owned();
    for ((number, given), family) in (0..count).zip(GIVEN.iter().cycle()).zip(FAMILY.iter().cycle()) {
        let photo = format!("{number}.jpg");
        std::fs::write(folder.join(&photo), portrait::drawn(number)?)?;
        let (year, day) = (1940 + number % 80, 1 + number % 28);
        writeln!(csv, "{given} {family} {number},{year}-06-{day:02},{photo}")?;
    }
    std::fs::write(folder.join("residents.csv"), csv)?;
    println!("{}", folder.join("residents.csv").display());
    Ok(())
}
