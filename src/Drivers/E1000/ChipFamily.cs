namespace KernelSockets.Drivers.E1000;

/// <summary>Generations of the family, oldest first.</summary>
internal enum ChipFamily
{
    /// <summary>82543GC: EEPROM by bit-banging, external PHY. VirtualBox's "PRO/1000 T Server".</summary>
    Intel82543,

    /// <summary>82544: EERD and MDIC, but no interrupt throttling.</summary>
    Intel82544,

    /// <summary>82540EM/EP, 82545EM, 82546EB: what QEMU, VMware and VirtualBox emulate.</summary>
    Intel82540,

    /// <summary>82545GM, 82546GB: as before, but a reset goes to CTRL's second address.</summary>
    Intel82545Gm,
}
