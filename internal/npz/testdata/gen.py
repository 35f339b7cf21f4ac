"""Writes arrays.npz, one array of each element type, with NumPy."""
import numpy as np

np.savez(
    "arrays.npz",
    f2=np.array([1.5, -0.0, 6e-8], "<f2"),
    f4=np.arange(6, dtype="<f4").reshape(2, 3),
    f8=np.array([[0.1]], "<f8"),
    big=np.array([1.0, 2.0], ">f4"),
    i1=np.array([-1, 2], "i1"),
    u1=np.array([255], "u1"),
    i2=np.array([-300], "<i2"),
    u2=np.array([65535], "<u2"),
    i4=np.array([-70000], "<i4"),
    u4=np.array([4294967295], "<u4"),
    i8=np.array([-(2**40)], "<i8"),
    b1=np.array([True, False]),
    scalar=np.float32(7.0),
    empty=np.zeros((0, 3), "<f4"),
)
np.save("one.npy", np.array([[3.0, 4.0]], "<f4"))
np.save("fortran.npy", np.asfortranarray(np.arange(6, dtype="<f4").reshape(2, 3)))
np.save("complex.npy", np.array([1j], "<c8"))
