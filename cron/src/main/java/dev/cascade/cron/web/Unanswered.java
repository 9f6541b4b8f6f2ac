package dev.cascade.cron.web;

import dev.cascade.jobs.RunReport.Problem;

/// The state of a root could not be read.
final class Unanswered extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    Unanswered(Problem problem) {
        super(problem.message());
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
