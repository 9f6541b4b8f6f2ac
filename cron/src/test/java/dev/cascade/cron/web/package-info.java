@NullMarked
package dev.cascade.cron.web;

import org.jspecify.annotations.NullMarked;
