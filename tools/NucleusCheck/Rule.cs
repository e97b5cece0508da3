namespace KernelSockets.NucleusCheck;

/// <summary>A rule that raw code keeps. The identifier stands in the build's error line.</summary>
/// <param name="Id">Short, stable name.</param>
/// <param name="Reason">Why raw code may not do it.</param>
public sealed record Rule(string Id, string Reason)
{
    /// <summary><c>new</c> of a class, an array.</summary>
    public static readonly Rule Allocation = new("NUC001", "allocation needs the garbage collector");

    /// <summary>box, unbox, isinst, castclass.</summary>
    public static readonly Rule Boxing = new("NUC002", "boxing and casts work on objects");

    /// <summary>throw, try, catch, finally, using, lock, foreach over a disposable.</summary>
    public static readonly Rule Exceptions = new("NUC003", "there is no unwinder below raw code");

    /// <summary><c>"text"</c>; <c>"text"u8</c> is allowed.</summary>
    public static readonly Rule StringLiteral = new("NUC004", "a string is an object; write a u8 literal");

    /// <summary>Virtual and interface calls.</summary>
    public static readonly Rule DynamicDispatch = new("NUC005", "dispatch goes through the type system of the runtime");

    /// <summary>A local, parameter or field that holds an object.</summary>
    public static readonly Rule ManagedReference = new("NUC006", "the garbage collector moves objects without raw code's knowledge");

    /// <summary>Static constructors and static fields with initialisers.</summary>
    public static readonly Rule StaticConstructor = new("NUC007", "nothing runs static constructors before the runtime starts");

    /// <summary>Generic code over reference types.</summary>
    public static readonly Rule Generics = new("NUC008", "code shared between reference types looks its types up at run time");

    /// <summary>A call that leaves raw code.</summary>
    public static readonly Rule ForeignCall = new("NUC009", "the callee is neither raw nor on the list of harmless methods");

    /// <summary>P/Invoke that tells the collector, marshals, or binds late.</summary>
    public static readonly Rule NativeCall = new("NUC010", "a native call from raw code may not touch the runtime");

    /// <summary>Arithmetic that throws on overflow.</summary>
    public static readonly Rule CheckedArithmetic = new("NUC011", "overflow would throw");

    /// <summary>Array access.</summary>
    public static readonly Rule ArrayAccess = new("NUC012", "an array is an object");

    /// <summary>typeof and its like.</summary>
    public static readonly Rule Reflection = new("NUC013", "type handles belong to the runtime");

    /// <summary>[UnmanagedCallersOnly].</summary>
    public static readonly Rule ReverseNativeCall =
        new("NUC014", "such a method enters the runtime and fails fast on a thread that is already in it; export it with RuntimeExport");

    /// <summary>async and yield.</summary>
    public static readonly Rule StateMachine = new("NUC015", "state machines are objects");

    /// <summary>A class that can be instantiated, in the raw namespace.</summary>
    public static readonly Rule InstantiableType = new("NUC016", "raw types are structs and static classes");

    /// <summary>[ThreadStatic].</summary>
    public static readonly Rule ThreadStatic = new("NUC017", "thread statics belong to the runtime's threads");

    /// <summary>cpblk and initblk.</summary>
    public static readonly Rule BlockCopy = new("NUC018", "the runtime's block copy makes a native call with a GC transition for large sizes");

    /// <summary>unsafe outside the kernel.</summary>
    public static readonly Rule UnsafeAssembly = new("NUC100", "unsafe code belongs to src/Kernel alone");
}
