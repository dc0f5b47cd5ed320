"""The colour maps as tables, so that showing one needs no OpenCV: its import alone costs a window 150 ms and 40 MB.

From matplotlib (CC0): cividis of Nunez, Anderton and Renslow 2018, viridis and inferno of van der Walt and Smith.
Each is 256 x RGB uint8 as differences from entry to entry (modulo 256), deflated, in base 85.
"""

from __future__ import annotations

TABLES: dict[str, str] = {
    "cividis": (
        "c-n=M0S-eU2t!-8lk7md|7m1EK+(7@A*Q@m^3{*m8zd-RC}9LrP%>~Kw!&8Hp2P#{s|yIDpebBi&Rd4dfP|Jn7nWRP!Jp!Pj2&Wg"
        "c?=0~*^7kD4UKcogfp3_2j+b6>v#H9d^=`8OI_w}>1EW#Y8%&(8HiVF?dIl7b$BE8^a)Si25SBxr4K7y<xv<rA5+L`N3?@kb%P=w"
        "v(`f&"
    ),
    "viridis": (
        "c-nQ4feiyO2m?)iwT{sJNBI<tLui{<E9*F%yp)%{VZ(owh%_6+6Uvy=Zz)b_+a+fJO7^ihzz7<%fGkXLt>8B&bos^Oxc$kx_FUK_"
        "4xOj78}L+^|2IgY<V0I_X?=?{J!7jEU0%<S?=9Gz4=i3uNvJ=L<K6iZhr9|xrpfX4PNetQS*gx01m~%ne$ueXLL8KtIxEPpg9Tgx"
        "M({MUkq5zZd;k$Khzb"
    ),
    "inferno": (
        "c-oDU0S?132m>)>|Nn7WutSqh(=;`*&JGQ2gxP@22WAd)g9{))h?i~~Q@smZNdZ+{=Y*e-u3YTZwX_**Pk`8(XS&s)-1yPTt*!lK"
        "SD4Q*Rk@(TWV=-+`wa7&%|4tzydd}MyR4bI%Vd8--5M@D?1W2vhn0M@c5eB!*Ker$gA1naJUKhbTh_uoO1wKxf%iC^Q{Zvfn<JsE"
        "P)#oW&_SSL(2larD0r1(fOak~jRKE1CMRv6"
    ),
}
