namespace KernelSockets.Drivers.E1000;

/// <summary>
/// What tells one member of the family from another (table 5-1 of the 8254x manual, and the errata that Linux's driver works round).
/// </summary>
/// <param name="Model">The name printed on the chip.</param>
/// <param name="Family">Its generation.</param>
/// <param name="HasTwoPorts">True when two ports share an EEPROM, and port B's address differs in the last bit (§12.2).</param>
internal readonly record struct Chip(string Model, ChipFamily Family, bool HasTwoPorts = false)
{
    /// <summary>Intel's PCI vendor number.</summary>
    public const ushort IntelVendorId = 0x8086;

    /// <summary>True when EERD exists; otherwise software clocks the EEPROM itself through EECD.</summary>
    public bool HasEepromRead => Family != ChipFamily.Intel82543;

    /// <summary>True when EECD arbitrates between software and hardware.</summary>
    public bool HasEepromArbitration => Family != ChipFamily.Intel82543;

    /// <summary>True when the MAC follows the PHY by itself, and MDIC works.</summary>
    public bool HasInternalPhy => Family != ChipFamily.Intel82543;

    /// <summary>True when ITR, RADV, TADV and MANC exist, and RCTL.SECRC works.</summary>
    public bool Is82540OrLater => Family >= ChipFamily.Intel82540;

    /// <summary>True when the configuration is loaded again from the EEPROM only on demand after a reset.</summary>
    public bool NeedsEepromReload => Family < ChipFamily.Intel82540;

    /// <summary>Where a reset is written.</summary>
    public uint ResetRegister => Family == ChipFamily.Intel82545Gm ? Register.ControlDuplicate : Register.Control;

    /// <summary>TIPG for copper: IPGT 10 (8 up to the 82544), IPGR1 8, IPGR2 6 (§13.4.34).</summary>
    public uint TransmitGap => (Is82540OrLater ? 10u : 8u) | (8u << 10) | (6u << 20);

    /// <summary>Finds the chip behind a PCI device number.</summary>
    /// <remarks>
    /// Copper parts only. Left out: the 82542 (other register offsets), the 82541 and 82547 (other EERD layout and a PHY that needs a
    /// start-up script), and fibre parts (they negotiate through TXCW).
    /// </remarks>
    public static bool TryFind(ushort deviceId, out Chip chip)
    {
        chip = deviceId switch
        {
            0x1004 => new Chip("82543GC", ChipFamily.Intel82543),
            0x1008 => new Chip("82544EI", ChipFamily.Intel82544),
            0x100C or 0x100D => new Chip("82544GC", ChipFamily.Intel82544),
            0x100E or 0x1015 => new Chip("82540EM", ChipFamily.Intel82540),
            0x1016 or 0x1017 or 0x101E => new Chip("82540EP", ChipFamily.Intel82540),
            0x100F => new Chip("82545EM", ChipFamily.Intel82540),
            0x1010 => new Chip("82546EB", ChipFamily.Intel82540, HasTwoPorts: true),
            0x1026 => new Chip("82545GM", ChipFamily.Intel82545Gm),
            0x1079 => new Chip("82546GB", ChipFamily.Intel82545Gm, HasTwoPorts: true),
            _ => default,
        };
        return chip.Model is not null;
    }
}
