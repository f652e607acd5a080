//! Requests.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// A request that was answered. Its route is an address of the table, never one that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// The method, out of those known.
    pub method: &'static str,
    /// The row of the table of addresses.
    pub route: &'a str,
    /// The status.
    pub status: u16,
    /// From the request's head to the answer's.
    pub took: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Told {
    method: &'static str,
    route: String,
    status: u32,
}

/// Makes the histograms of routes.
#[derive(Clone, Copy, Debug)]
struct Seconds;

impl MetricConstructor<Histogram> for Seconds {
    fn new_metric(&self) -> Histogram {
        Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0])
    }
}

/// The requests of this process.
#[derive(Debug)]
pub struct Http {
    answered: Family<Told, Counter>,
    took: Family<Asked, Histogram, Seconds>,
    under_way: Gauge,
    cut_off: Counter,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            answered: Family::default(),
            took: Family::new_with_constructor(Seconds),
            under_way: Gauge::default(),
            cut_off: Counter::default(),
        }
    }
}

impl Http {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("http_requests", "Requests that were answered", self.answered.clone());
        registry.register(
            "http_request_duration_seconds",
            "Time from a request's head to its answer's",
            self.took.clone(),
        );
        registry.register("http_requests_in_flight", "Requests under way", self.under_way.clone());
        registry.register(
            "http_requests_cut_off",
            "Requests whose browser went away before they were answered",
            self.cut_off.clone(),
        );
    }

    /// A request came.
    pub fn begun(&self) {
        self.under_way.inc();
    }

    /// It was answered.
    pub fn answered(&self, request: Answered<'_>) {
        let Answered { method, route, status, took } = request;
        let route = route.to_owned();
        let told = Told { method, route: route.clone(), status: status.into() };
        self.answered.get_or_create(&told).inc();
        self.took.get_or_create(&Asked { method, route }).observe(took.as_secs_f64());
    }

    /// It is over, answered or not.
    pub fn ended(&self) {
        self.under_way.dec();
    }

    /// Its browser went away.
    pub fn cut_off(&self) {
        self.cut_off.inc();
    }
}
