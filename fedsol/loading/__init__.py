"""Loading: data sets out of files, by name or path. Nothing that is read is ever run.

- ``sources``: ``load_data``, which picks the reader by the name;
- ``choices``: what may be chosen of a file: its label column, its classes, …;
- ``checks``: what every data set must hold, and the labels as numbers;
- ``idx``, ``fashion`` (Fashion-MNIST), ``npz``: arrays;
- ``csv_files``, ``parquet``, ``tables``: tables;
- ``images``: folders of images;
- ``hugging_face``: Hugging Face ``datasets`` and the partitions of ``flwr-datasets``.
"""

from fedsol.loading.checks import make_dataset
from fedsol.loading.choices import Choices
from fedsol.loading.fashion import fashion_mnist
from fedsol.loading.hugging_face import flower_partition, from_hugging_face
from fedsol.loading.idx import read_idx
from fedsol.loading.sources import NAMES, has_held_out, load_data

__all__ = [
    "NAMES",
    "Choices",
    "fashion_mnist",
    "flower_partition",
    "from_hugging_face",
    "has_held_out",
    "load_data",
    "make_dataset",
    "read_idx",
]
