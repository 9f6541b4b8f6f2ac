/// Tests of whole runs, on real trees.
@NullMarked
package dev.cascade.jobs;

import org.jspecify.annotations.NullMarked;
