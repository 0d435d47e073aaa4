"""Tests of what needs no server: reading what load generators print, figures, tables, chart. `bench.py --self-test` runs them."""

import unittest
import xml.etree.ElementTree as ElementTree

from . import annotation, chart, report
from .load import Load, Measurement, percentile, read_h2load, read_latencies, read_s_time, read_wrk
from .probes import Bound, Probe
from .processes import BenchError
from .scenarios import BARE, NGINX, ZERVER, Scenario, Target, is_chosen


def measurement(requests=1000, cpu=0.01, seconds=1.0, server_share=0.5, load_share=0.5, others=0.0, errors=0) -> Measurement:
    return Measurement(
        requests=requests, seconds=seconds, server_cpu_seconds=cpu, server_share=server_share, load_share=load_share,
        database_cpu_micros=None, others_share=others, steal_share=0.0, p50_micros=900, p99_micros=None, errors=errors)


SCENARIO = Scenario(
    "plaintext-64", "plaintext, 64 <connections>", Load("/"), (BARE, NGINX),
    (Target("cpu_micros", 1.15, BARE), Target("cpu_micros", 0.9, NGINX)))


class Readers(unittest.TestCase):
    WRK = (
        'Running 1s test\nsummary: {"requests": 10, "micros": 2000000, "p50": 5.0, "p99": 9.0, "connect": 1, "read": 2, "write": 0, '
        '"status": 3, "timeout": 0}\n')

    def test_wrk(self):
        found = read_wrk(self.WRK, Load("/"))
        self.assertEqual((found.requests, found.seconds, found.errors, found.p99_micros), (10, 2.0, 6, 9.0))

    def test_wrk_says_nothing_of_latency_when_it_pipelines(self):
        self.assertIsNone(read_wrk(self.WRK, Load("/", pipeline=16)).p99_micros)

    def test_h2load(self):
        found = read_h2load(
            "finished in 500.40ms, 52345.50 req/s, 5.01MB/s\n"
            "requests: 90 total, 90 started, 88 done, 80 succeeded, 8 failed, 6 errored, 2 timeout\n", Load("/"))
        self.assertEqual((found.requests, found.errors), (80, 10))
        self.assertAlmostEqual(found.seconds, 0.5004)

    def test_s_time_counts_real_seconds(self):
        found = read_s_time(
            "1234 connections in 0.85s; 1451.76 connections/user sec, bytes read 0\n"
            "1234 connections in 3 real seconds, 0 bytes read per connection\n", Load("/"))
        self.assertEqual((found.requests, found.seconds), (1234, 3.0))

    def test_no_summary_is_an_error(self):
        for reader in (read_wrk, read_h2load, read_s_time):
            with self.assertRaises(BenchError):
                reader("connection refused\n", Load("/"))

    def test_latencies_are_those_of_good_answers_in_order(self):
        self.assertEqual(read_latencies("17\t200\t30\n18\t503\t1\n19\t200\t20\n20\t20"), [20, 30])

    def test_percentiles_are_by_nearest_rank(self):
        values = list(range(1, 101))
        self.assertEqual([percentile(values, percent) for percent in (50, 99, 100)], [50, 99, 100])
        self.assertEqual(percentile([7], 99), 7)


class Annotations(unittest.TestCase):
    TEXT = (
        "2,000 (100.0%)  PROGRAM TOTALS\n"
        "  500 (25.00%)  ./string/memmove.S:memcpy [/usr/lib/libc.so.6]\n"
        "1,500 (75.00%)  ???:$s6Zerver [/tmp/checkout]\n")

    def test_instructions_are_those_of_a_request_most_first(self):
        self.assertEqual(
            annotation.read_callgrind(self.TEXT, requests=100),
            [annotation.Function("$s6Zerver", "checkout", 15.0), annotation.Function("memcpy", "libc.so.6", 5.0)])

    def test_samples_are_those_of_the_process_and_of_the_kernel(self):
        text = "# Samples: 4K\n     2.10%  [kernel.kallsyms]  [k] tcp_ack\n     5.66%  libc.so.6          [.] memmove      -      -  \n"
        self.assertEqual(
            annotation.read_perf(text),
            [annotation.Function("memmove", "libc.so.6", 5.66), annotation.Function("tcp_ack", "kernel.kallsyms", 2.1)])

    def test_the_table_names_the_rest(self):
        text = annotation.table(annotation.read_callgrind(self.TEXT, 100), 1, "all", lambda names: ["Zerver"])
        self.assertIn("15.0  75.0%  Zerver  [checkout]", text)
        self.assertIn("5.0  25.0%  1 others", text)


class Reports(unittest.TestCase):
    def setUp(self):
        # The machine is half as fast in the second round, for both.
        ours = [measurement(cpu=0.01), measurement(cpu=0.02), measurement(cpu=0.01)]
        theirs = [measurement(cpu=0.02), measurement(cpu=0.04), measurement(cpu=0.01)]
        self.rounds = {ZERVER: ours, NGINX: theirs}
        self.results = report.Results(scenarios=[(SCENARIO, self.rounds)])

    def test_ratios_are_taken_within_a_round(self):
        self.assertEqual(report.ratio(self.rounds, "cpu_micros", NGINX), 0.5)

    def test_a_target_without_its_opponent_is_not_judged(self):
        self.assertEqual(
            report.verdicts(self.results), [(True, "met     plaintext-64: CPU to nginx 0.50, wanted at most 0.9")])

    def test_a_target_is_missed_beyond_its_bound(self):
        self.rounds[BARE] = [measurement(cpu=0.005)] * 3
        self.assertIn((False, "MISSED  plaintext-64: CPU to bare C 2.00, wanted at most 1.15"), report.verdicts(self.results))

    def test_a_table_stands_without_ours(self):
        self.assertIn("1,000", report.table(SCENARIO, {NGINX: [measurement()]}))

    def test_the_throughput_of_many_connections_is_that_of_the_same_round(self):
        def row(name, rates, share):
            runs = [measurement(requests=rate, server_share=share) for rate in rates]
            return Scenario(name, "", Load("/"), ()), {ZERVER: runs}

        few = row("json-512", [100, 50], 0.95)
        value, told_by = report.throughput_kept(report.Results(scenarios=[few, row("json-4096", [95, 45], 0.95)]), "json")
        self.assertAlmostEqual(value, 0.925)
        self.assertEqual(told_by, "rate")
        # With CPU left, fewer answers are the load generator's, and what each costs counts.
        results = report.Results(scenarios=[few, row("json-4096", [80, 40], 0.5)])
        value, told_by = report.throughput_kept(results, "json")
        self.assertAlmostEqual(value, 0.8)
        self.assertEqual(told_by, "CPU time")
        self.assertIsNone(report.throughput_kept(results, "plaintext"))

    def test_a_busy_generator_and_a_busy_machine_are_said(self):
        runs = [measurement(load_share=0.99, server_share=0.4, others=0.2, errors=1)]
        found = report.notes(report.Results([(SCENARIO, {NGINX: runs})], missing=["h2, zerver: does not speak it"]))
        for text in ("not measured: h2, zerver", "wrk was the limit for nginx (40%", "1 errors", "busy machine"):
            self.assertTrue(any(text in note for note in found), text)

    def test_probes(self):
        probe = Probe("idle", "idle", (ZERVER, NGINX), (Bound("KiB", most=1.0, opponent=NGINX), Bound("rate", least=1.8)))
        rounds = [{ZERVER: {"KiB": 2.0, "rate": 1.9}, NGINX: {"KiB": 1.0, "rate": 1.5}}]
        results = report.Results(probes=[(probe, rounds)])
        self.assertEqual([met for met, _ in report.verdicts(results)], [False, True])
        self.assertIn("zerver", report.probe_table(probe, rounds))

    def test_markdown(self):
        about = {
            "cpus": 2, "cpu": "CPU", "kernel": "6", "rounds": 3, "secondsPerRun": 1, "proactor": "epoll", "loadBefore": 1.0,
            "loadAfter": 2.0,
        }
        text = report.markdown(about, self.results, ["a note"])
        self.assertIn("|  | µs | to nginx |\n|---|---|---|\n| plaintext, 64 <connections> | 10.00 | 0.50 |\n", text)
        self.assertIn("- a note", text)

    def test_numbers_have_the_digits_that_say_something(self):
        self.assertEqual([report.number(value) for value in (1234.5, 12.34, 1.234)], ["1,234", "12.3", "1.23"])


class Charts(unittest.TestCase):
    def test_the_scale_holds_all_values(self):
        self.assertEqual(chart.scale([0.4, 250.0]), (-1, 3))
        self.assertEqual(chart.scale([1.0]), (0, 1))

    def test_a_longer_bar_is_a_larger_value(self):
        self.assertLess(chart.position(1, -1, 3), chart.position(10, -1, 3))

    def test_the_chart_is_xml_with_a_bar_for_each_server(self):
        results = report.Results(scenarios=[(SCENARIO, {ZERVER: [measurement()], NGINX: [measurement(cpu=0.03)]})])
        root = ElementTree.fromstring(chart.draw(results, "a & b"))
        titles = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
        self.assertEqual([title.partition(",")[0] for title in titles], [ZERVER, NGINX])


class Rows(unittest.TestCase):
    def test_a_row_is_named_by_its_first_words(self):
        self.assertTrue(is_chosen("tls-handshakes", ["json", "tls"]))
        self.assertTrue(is_chosen("row", []))
        self.assertFalse(is_chosen("h2c", ["h2"]))


def run() -> bool:
    suite = unittest.defaultTestLoader.loadTestsFromModule(__import__(__name__, fromlist=["run"]))
    return unittest.TextTestRunner(verbosity=0).run(suite).wasSuccessful()
