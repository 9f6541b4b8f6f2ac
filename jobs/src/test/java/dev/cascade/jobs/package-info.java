/// Tests of the jobs, on real trees, a real SQLite file and a real Lucene directory.
@NullMarked
package dev.cascade.jobs;

import org.jspecify.annotations.NullMarked;
