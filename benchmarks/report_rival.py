"""The same JUnit files by EnricoMi/publish-unit-test-result-action: all that it makes of them before it publishes.

Run as a script by a Python that has its requirements: `report_rival.py CHECKOUT EVIDENCE`. What is called is what
`main` of publish_test_results.py and `publish` of publisher.py (v2.24.0) call, in their order, without the network.
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(sys.argv[1]) / "python"))
    from publish.junit import parse_junit_xml_files, process_junit_xml_elems
    from publish.unittestresults import get_stats, get_test_results

    import publish as texts

    files = [str(path) for path in sorted((Path(sys.argv[2]) / "junit").glob("*.xml"))]
    parsed = process_junit_xml_elems(parse_junit_xml_files(files, False, False)).with_commit("0" * 40)
    results = get_test_results(parsed, False)
    stats = get_stats(results)
    cases = results.case_results
    annotations = texts.get_case_annotations(cases, False)
    annotations += texts.get_all_tests_list_annotation(cases) + texts.get_skipped_tests_list_annotation(cases)
    texts.get_long_summary_md(stats)
    changes = texts.SomeTestChanges(None, texts.get_all_tests_list(cases), None, texts.get_skipped_tests_list(cases))
    texts.get_long_summary_with_digest_md(stats, stats, None, changes, 5)
    print(stats.tests, len(annotations))
