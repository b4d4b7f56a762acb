"""The evaluation suite: cases, answers, measures, report. Calls the pipeline, and only the pipeline."""
