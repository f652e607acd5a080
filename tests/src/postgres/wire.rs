//! A wire between an issuer and its database, of which either direction can be held up, and which can be cut.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// What the wire lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Everything.
    All,
    /// What the client says, but no answer.
    NoAnswers,
    /// Nothing; connections stay open.
    Nothing,
    /// Nothing: connections are broken off, and there are no new ones.
    Cut,
}

/// The wire. It ends with the test's process.
#[derive(Debug, Clone)]
pub struct Wire {
    port: u16,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    flow: Mutex<Flow>,
    changed: Condvar,
    open: Mutex<Vec<TcpStream>>,
}

impl Wire {
    /// A wire to a port of this machine.
    #[must_use]
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let state = State { flow: Mutex::new(Flow::All), changed: Condvar::new(), open: Mutex::default() };
        let wire = Self { port: listener.local_addr().unwrap().port(), state: Arc::new(state) };
        let state = Arc::clone(&wire.state);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                state.connect(client, port);
            }
        });
        wire
    }

    /// Where it begins.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a database on that port, through the wire.
    #[must_use]
    pub fn leads_to(&self, database: &str, port: u16) -> String {
        database.replace(&format!(":{port}/"), &format!(":{}/", self.port))
    }

    /// From now on it lets this through.
    pub fn set(&self, flow: Flow) {
        *self.state.flow.lock().unwrap() = flow;
        self.state.changed.notify_all();
        if flow == Flow::Cut {
            for stream in std::mem::take(&mut *self.state.open.lock().unwrap()) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }
}

impl State {
    fn connect(self: &Arc<Self>, client: TcpStream, port: u16) {
        if *self.flow.lock().unwrap() == Flow::Cut {
            return;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else { return };
        let (Ok(from_client), Ok(to_server)) = (client.try_clone(), server.try_clone()) else { return };
        self.open.lock().unwrap().extend([&client, &server].map(|stream| stream.try_clone().unwrap()));
        let (asked, answered) = (Arc::clone(self), Arc::clone(self));
        let asks = |flow| matches!(flow, Flow::All | Flow::NoAnswers);
        thread::spawn(move || asked.carry(from_client, to_server, asks));
        thread::spawn(move || answered.carry(server, client, |flow| flow == Flow::All));
    }

    /// Carries what one side says to the other, whenever it may pass.
    fn carry(&self, mut from: TcpStream, mut to: TcpStream, may_pass: impl Fn(Flow) -> bool) {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(read) = from.read(&mut buffer) {
            let flow = self.flow.lock().unwrap();
            let held_up = |flow: &mut Flow| !may_pass(*flow) && *flow != Flow::Cut;
            let flow = *self.changed.wait_while(flow, held_up).unwrap();
            let said = buffer.get(..read).unwrap_or_default();
            if read == 0 || flow == Flow::Cut || to.write_all(said).is_err() {
                break;
            }
        }
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    }
}
