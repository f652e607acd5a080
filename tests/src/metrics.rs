//! Reads what Prometheus is told, as strictly as its text format is written down: a family's help and type once, before all
//! its samples; no series twice; counters that end in `_total`; histograms that add up.

use std::collections::{BTreeMap, BTreeSet};

/// The families of a scrape, by name.
pub type Scrape = BTreeMap<String, Family>;

/// A metric and its samples.
#[derive(Debug, Default, PartialEq)]
pub struct Family {
    /// `counter`, `gauge` or `histogram`.
    pub kind: String,
    /// Name, labels and value, in the order told.
    pub samples: Vec<Sample>,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The family's name, with what a histogram adds.
    pub name: String,
    /// Labels, by name.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: f64,
}

/// Reads a scrape.
///
/// # Errors
/// The first line that is wrong, and why.
pub fn read(text: &str) -> Result<Scrape, String> {
    let mut scrape = Scrape::new();
    let mut seen = BTreeSet::new();
    let mut current = String::new();
    if !text.ends_with('\n') {
        return Err("the last line has no end".to_owned());
    }
    for line in text.lines() {
        let wrong = |why: &str| Err(format!("{why}: {line}"));
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap_or((rest, ""));
            if !is_name(name) || help.is_empty() || scrape.contains_key(name) {
                return wrong("help");
            }
            name.clone_into(&mut current);
            scrape.insert(current.clone(), Family::default());
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap_or((rest, ""));
            let Some(family) = scrape.get_mut(name).filter(|_| name == current) else {
                return wrong("a type without help before it");
            };
            if !["counter", "gauge", "histogram"].contains(&kind) || !family.kind.is_empty() {
                return wrong("type");
            }
            if kind == "counter" && !name.ends_with("_total") {
                return wrong("a counter's name");
            }
            kind.clone_into(&mut family.kind);
        } else {
            let sample = sample(line).map_err(|why| format!("{why}: {line}"))?;
            let Some(family) = scrape.get_mut(&current).filter(|family| !family.kind.is_empty()) else {
                return wrong("a sample without a type before it");
            };
            let ending = sample.name.strip_prefix(&current);
            let right = match family.kind.as_str() {
                "histogram" => matches!(ending, Some("_bucket" | "_sum" | "_count")),
                _ => ending == Some(""),
            };
            if !right || !seen.insert((sample.name.clone(), sample.labels.clone())) {
                return wrong("a sample of another family, or told twice");
            }
            if family.kind != "gauge" && sample.value < 0.0 {
                return wrong("less than nothing");
            }
            family.samples.push(sample);
        }
    }
    for (name, family) in scrape.iter().filter(|(_, family)| family.kind == "histogram") {
        adds_up(family).map_err(|why| format!("{name}: {why}"))?;
    }
    Ok(scrape)
}

/// The value of the sample with these labels among others.
///
/// # Panics
/// When there is none, or there are several.
#[must_use]
pub fn value(scrape: &Scrape, name: &str, labels: &[(&str, &str)]) -> f64 {
    let all = scrape.values().flat_map(|family| &family.samples).filter(|sample| sample.name == name);
    let is_it = |sample: &&Sample| {
        labels.iter().all(|(label, value)| sample.labels.get(*label).is_some_and(|known| known == value))
    };
    let found: Vec<&Sample> = all.filter(is_it).collect();
    assert_eq!(found.len(), 1, "{name} {labels:?}: {found:?}");
    found.first().map_or(f64::NAN, |sample| sample.value)
}

fn is_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b':';
    name.bytes().next().is_some_and(letter) && name.bytes().all(|byte| letter(byte) || byte.is_ascii_digit())
}

fn sample(line: &str) -> Result<Sample, String> {
    let at = line.find(['{', ' ']).ok_or("no value")?;
    let (name, mut rest) = line.split_at(at);
    let mut labels = BTreeMap::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        while let Some((label, after)) = rest.split_once("=\"") {
            let (value, after) = quoted(after).ok_or("a label without end")?;
            if !is_name(label) || label.contains(':') || labels.insert(label.to_owned(), value).is_some() {
                return Err("a label's name".to_owned());
            }
            match (after.strip_prefix(','), after.strip_prefix('}')) {
                (Some(more), _) => rest = more,
                (_, Some(end)) => {
                    rest = end;
                    break;
                }
                _ => return Err("a label's end".to_owned()),
            }
        }
    }
    let value = rest.strip_prefix(' ').ok_or("no space before the value")?;
    let value = match value {
        "+Inf" => f64::INFINITY,
        value => value.parse().map_err(|_| "no number")?,
    };
    if !is_name(name) {
        return Err("a name".to_owned());
    }
    Ok(Sample { name: name.to_owned(), labels, value })
}

/// A value up to its closing quote, and what comes after it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => match letters.next()?.1 {
                'n' => value.push('\n'),
                escaped @ ('\\' | '"') => value.push(escaped),
                _ => return None,
            },
            letter => value.push(letter),
        }
    }
    None
}

/// Buckets rise, the last is of everything, and count says the same.
fn adds_up(family: &Family) -> Result<(), String> {
    type Series = (Vec<(f64, f64)>, Option<f64>, bool);
    let mut series: BTreeMap<BTreeMap<String, String>, Series> = BTreeMap::new();
    for sample in &family.samples {
        let mut labels = sample.labels.clone();
        let most = labels.remove("le");
        let (buckets, count, sum) = series.entry(labels).or_default();
        match most {
            Some(most) => {
                let most = if most == "+Inf" { f64::INFINITY } else { most.parse().map_err(|_| "le")? };
                buckets.push((most, sample.value));
            }
            None if sample.name.ends_with("_count") => *count = Some(sample.value),
            None => *sum = true,
        }
    }
    for (labels, (buckets, count, sum)) in series {
        let rises = buckets.is_sorted_by(|one, next| one.0 < next.0 && one.1 <= next.1);
        let whole = buckets.last().map(|(most, value)| (*most, Some(*value)));
        if !rises || whole != Some((f64::INFINITY, count)) || !sum {
            return Err(format!("{labels:?} does not add up"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# HELP a_total Acts\n# TYPE a_total counter\na_total{act=\"x\\\"y\"} 3\na_total{act=\"z\"} 1\n\
                        # HELP t Time\n# TYPE t histogram\nt_sum 0.5\nt_count 2\nt_bucket{le=\"0.1\"} 1\n\
                        t_bucket{le=\"+Inf\"} 2\n# HELP g Gauge\n# TYPE g gauge\ng -1\n";

    #[test]
    fn a_scrape_is_read() {
        let scrape = read(GOOD).unwrap();
        assert_eq!(scrape.keys().collect::<Vec<_>>(), ["a_total", "g", "t"]);
        assert_eq!(value(&scrape, "a_total", &[("act", "x\"y")]).to_bits(), 3.0_f64.to_bits());
        assert_eq!(value(&scrape, "g", &[]).to_bits(), (-1.0_f64).to_bits());
    }

    #[test]
    fn what_breaks_the_format_is_found() {
        for (from, to) in [
            ("# HELP a_total Acts\n", ""),
            ("# TYPE a_total counter\n", ""),
            ("a_total counter", "a_total thing"),
            ("a_total{act=\"z\"} 1", "a_total{act=\"x\\\"y\"} 1"),
            ("a_total{act=\"z\"} 1", "b{act=\"z\"} 1"),
            ("a_total{act=\"z\"} 1", "a_total{act=\"z\"} one"),
            ("a_total{act=\"z\"} 1", "a_total{act=z} 1"),
            ("a_total{act=\"z\"} 1", "a_total{act=\"z\"} -1"),
            ("a_total", "a"),
            ("t_bucket{le=\"+Inf\"} 2", "t_bucket{le=\"+Inf\"} 3"),
            ("t_bucket{le=\"0.1\"} 1", "t_bucket{le=\"0.1\"} 7"),
            ("t_bucket{le=\"+Inf\"} 2\n", ""),
            ("t_sum 0.5\n", ""),
            ("# HELP g Gauge", "# HELP t Gauge"),
            ("g -1\n", "g -1"),
        ] {
            let bad = GOOD.replace(from, to);
            assert_ne!(bad, GOOD);
            assert!(read(&bad).is_err(), "{bad}");
        }
    }
}
