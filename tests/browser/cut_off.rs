//! Whether the stories run without a network, where `tests/run` says that they do.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::Duration;

#[test]
fn there_is_nothing_but_this_machine() {
    if std::env::var("STORIES_NETWORK").as_deref() != Ok("none") {
        println!("passed over: tests/run browser runs the stories without a network where it may");
        return;
    }
    let devices = std::fs::read_to_string("/proc/self/net/dev").unwrap();
    let names: Vec<&str> =
        devices.lines().skip(2).map(|line| line.split(':').next().unwrap().trim()).collect();
    assert_eq!(names, ["lo"]);
    let elsewhere = TcpStream::connect_timeout(&"192.0.2.1:80".parse().unwrap(), Duration::from_secs(5));
    assert_eq!(elsewhere.unwrap_err().kind(), ErrorKind::NetworkUnreachable);
}
