"""From a folder of labelled films to tensors: catalog, near-duplicates, split, prepared films, tf.data."""
