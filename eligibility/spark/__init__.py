"""Past one machine, the same kernel in tasks of Spark: the verbs are `screen_on_spark` and `index_on_spark`."""
