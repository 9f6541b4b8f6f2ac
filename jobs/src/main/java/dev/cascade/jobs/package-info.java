/// In which order: one readable page for each job.
@NullMarked
package dev.cascade.jobs;

import org.jspecify.annotations.NullMarked;
